-- Deletes a session that is home, unless rows that are not hang on it.
-- Parameters: session_id. Used by: the route bring-home, on the local store.
DELETE FROM sessions
WHERE session_id = :#session_id
  AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.session_id = sessions.session_id)
  AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.session_id = sessions.session_id)
  AND NOT EXISTS (SELECT 1 FROM events WHERE events.session_id = sessions.session_id)
