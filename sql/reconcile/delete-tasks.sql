-- Deletes the tasks that are home, except those on which workers hang that are not.
-- Parameters: home, with a JSON array of ids a table, which only the proof makes. Used by: the route bring-home, on the local store.
DELETE FROM tasks
WHERE task_id IN (SELECT value FROM json_each(:#${variable.home[tasks]}))
  AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.task_id = tasks.task_id)
