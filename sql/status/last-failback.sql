-- When rows of the local store were brought home last, and how many.
-- Parameters: none. Used by: tac8 status, on either store.
SELECT timestamp, message
FROM events
WHERE event_type = 'failback' AND session_id = 'tac8'
ORDER BY timestamp DESC
LIMIT 1
