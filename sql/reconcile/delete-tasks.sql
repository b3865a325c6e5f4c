-- Deletes a task that is home, unless workers that are not hang on it.
-- Parameters: task_id. Used by: the route bring-home, on the local store.
DELETE FROM tasks
WHERE task_id = :#task_id
  AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.task_id = tasks.task_id)
