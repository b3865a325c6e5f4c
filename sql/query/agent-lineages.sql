-- What agents say of sessions that began at the same start as some others, or with the same call: a fork holds what its parent has used.
-- Parameters: started, first (JSON arrays of what those others say of it), since (UTC text: said from then on).
-- Rows: one a total, the columns of agent-totals.sql. Used by: ./tac8 import, ./tac8 cost
SELECT record_id, timestamp, details, context_id
FROM events
WHERE event_type = 'agent_total' AND timestamp >= :since
  AND (details ->> '$.started' IN (SELECT value FROM json_each(:started)) OR details ->> '$.first' IN (SELECT value FROM json_each(:first)))
ORDER BY timestamp, record_id
