-- Deletes the sessions that are home, except those on which rows hang that are not.
-- Parameters: home, with a JSON array of ids a table, which only the proof makes. Used by: the route bring-home, on the local store.
DELETE FROM sessions
WHERE session_id IN (SELECT value FROM json_each(:#${variable.home[sessions]}))
  AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.session_id = sessions.session_id)
  AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.session_id = sessions.session_id)
  AND NOT EXISTS (SELECT 1 FROM events WHERE events.session_id = sessions.session_id)
