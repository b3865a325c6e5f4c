-- Removes the stand-in task 'unknown' once no worker hangs on it.
-- Parameters: none. Used by: the routes write-external, write-local, prove-home, archive-chunk and archive-copy, at the end of each chunk.
DELETE FROM tasks
WHERE task_id = 'unknown'
  AND NOT EXISTS (SELECT 1 FROM workers WHERE task_id = 'unknown')
