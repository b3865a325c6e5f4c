-- Which worker ran which session of an agent, by the events that say so.
-- Parameters: none. Rows: one a worker and session of an agent; session_id is tac8's own.
-- Used by: ./tac8 import
SELECT details ->> '$.agent' AS agent, details ->> '$.agent_session' AS agent_session, context_id AS worker_id, session_id, timestamp
FROM events
WHERE event_type = 'agent_session' AND context_type = 'worker' AND context_id IS NOT NULL
  AND details ->> '$.agent' IS NOT NULL AND details ->> '$.agent_session' IS NOT NULL
ORDER BY timestamp, worker_id
