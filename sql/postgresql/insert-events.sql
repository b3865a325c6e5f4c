-- Inserts a chunk's rows of events that are new. What is there already stays as it is; join-events has its turn then.
-- Parameters: none; the rows are in new_events. Used by: the route write-postgresql.
INSERT INTO events (session_id, timestamp, event_type, context_type, context_id, severity, message, details, record_id)
SELECT DISTINCT ON (record_id) session_id, timestamp, event_type, context_type, context_id, severity, message, details, record_id
FROM new_events
ORDER BY record_id
ON CONFLICT (record_id) DO NOTHING
