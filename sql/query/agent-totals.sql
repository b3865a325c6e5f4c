-- What agents themselves say that some of their sessions have used, and those sessions that began at the same start or with
-- the same call: a fork holds its parent's.
-- Parameters: sessions (a JSON array of their names). Rows: one a total, the first to be said first. Used by: ./tac8 import, ./tac8 cost
SELECT record_id, timestamp, details, context_id
FROM events
WHERE event_type = 'agent_total'
  AND (details ->> '$.agent_session' IN (SELECT value FROM json_each(:sessions))
       OR details ->> '$.started' IN (SELECT details ->> '$.started'
                                      FROM events
                                      WHERE event_type = 'agent_total' AND details ->> '$.agent_session' IN (SELECT value FROM json_each(:sessions)))
       OR details ->> '$.first' IN (SELECT details ->> '$.first'
                                    FROM events
                                    WHERE event_type = 'agent_total' AND details ->> '$.agent_session' IN (SELECT value FROM json_each(:sessions))))
ORDER BY timestamp, record_id
