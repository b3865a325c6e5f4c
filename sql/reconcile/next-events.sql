-- The next events to bring home, oldest arrivals first.
-- Parameters: none. Used by: the route bring-home, on the local store; delete-events.sql picks the same rows.
SELECT session_id, timestamp, event_type, context_type, context_id, severity, message, details, record_id
FROM events
ORDER BY event_id
LIMIT 5000
