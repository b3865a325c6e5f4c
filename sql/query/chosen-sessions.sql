-- Which sessions of agents belong to a task, session or worker: by its calls, and by the events that say who ran them.
-- Parameters, each optional: task, session, worker. Rows: one a session of an agent. Used by: ./tac8 cost
SELECT DISTINCT usage ->> '$.agent_session' AS agent_session
FROM ($chosen-calls.sql)
WHERE usage ->> '$.agent_session' IS NOT NULL
UNION
SELECT details ->> '$.agent_session'
FROM events
WHERE event_type = 'agent_session' AND details ->> '$.agent_session' IS NOT NULL
  AND context_id = :worker -- if worker
  AND context_id IN (SELECT worker_id FROM workers WHERE task_id = :task) -- if task
  AND context_id IN (SELECT worker_id FROM workers WHERE session_id = :session) -- if session
