-- Inserts rows of events that are new. What is there already stays as it is; join-events has its turn then.
-- On its own, because SQLite prepares each row of a statement that may update a foreign key for being undone, which takes a fifth
-- of its time.
-- Parameters: every column but event_id, by name. Used by: the routes write-external and write-local.
INSERT INTO events (session_id, timestamp, event_type, context_type, context_id, severity, message, details, record_id)
VALUES (:#session_id, :#timestamp, :#event_type, :#context_type, :#context_id, :#severity, :#message, :#details, :#record_id)
ON CONFLICT (record_id) DO NOTHING
