-- Removes the stand-in task 'unknown' once nothing hangs on it.
-- Parameters: $child, each in turn. Used by: the routes write-external, write-local, prove-home, archive-chunk and archive-copy, at the end of each chunk.
DELETE FROM tasks
WHERE task_id = 'unknown'
$each of tasks
  AND NOT EXISTS (SELECT 1 FROM $child WHERE $link = 'unknown')
$end
