-- Deletes the events that are home: those of next-events.sql, in the same transaction.
-- Parameters: none. Used by: the route bring-home, on the local store.
DELETE FROM events WHERE event_id IN (SELECT event_id FROM events ORDER BY event_id LIMIT 5000)
