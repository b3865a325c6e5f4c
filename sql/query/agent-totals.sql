-- What agents themselves say that some of their sessions have used.
-- Parameters: sessions (a JSON array of their names). Rows: one a total. Used by: ./tac8 import, ./tac8 cost
SELECT record_id, timestamp, details, context_id
FROM events
WHERE event_type = 'agent_total' AND iif(json_valid(details), json_extract(details, '$.agent_session'), NULL) IN (SELECT value FROM json_each(:sessions))
