-- Deletes the sessions of a chunk that is in its archive, but for those on which something hangs that came just now.
-- Parameters: archivedSessionIds, which the proof hands over, and sessionIds, those that were compared, JSON arrays. Used by: the route archive-chunk, on the external
-- store.
DELETE FROM sessions
WHERE session_id IN (SELECT value FROM json_each(:#archivedSessionIds)) AND session_id IN (SELECT value FROM json_each(:#sessionIds))
  AND NOT EXISTS (SELECT 1 FROM events WHERE events.session_id = sessions.session_id)
  AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.session_id = sessions.session_id)
  AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.session_id = sessions.session_id)
