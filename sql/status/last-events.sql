-- The events that were stored last, the last first; of long texts the beginning.
-- Parameters: none. Rows: one an event. Used by: tac8 top, on either store.
SELECT timestamp, severity, substr(event_type, 1, 100) AS event_type, substr(context_id, 1, 100) AS context_id, substr(message, 1, 400) AS message
FROM events
ORDER BY event_id DESC
LIMIT 20
