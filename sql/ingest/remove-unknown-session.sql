-- Removes the stand-in session 'unknown' once nothing hangs on it; runs after remove-unknown-task, its last child.
-- Parameters: $child, each in turn. Used by: the routes write-external, write-local, prove-home, archive-chunk and archive-copy, at the end of each chunk.
DELETE FROM sessions
WHERE session_id = 'unknown'
$each of sessions
  AND NOT EXISTS (SELECT 1 FROM $child WHERE $link = 'unknown')
$end
