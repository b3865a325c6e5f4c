-- Deletes the tasks of a chunk that is in its archive, but for those on which a worker hangs that came just now.
-- Parameters: archivedTaskIds, which the proof hands over, and taskIds, those that were compared, JSON arrays. Used by: the route archive-chunk, on the external store.
DELETE FROM tasks
WHERE task_id IN (SELECT value FROM json_each(:#archivedTaskIds)) AND task_id IN (SELECT value FROM json_each(:#taskIds))
  AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.task_id = tasks.task_id)
