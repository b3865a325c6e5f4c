-- The rows of a chunk as they are stored, each as one text: to see whether joining them once more changes any. The session
-- and the task 'unknown' are not records; they come and go.
-- Parameters: $table, each in turn; leaving, with a JSON array of $key a table. Used by: the route prove-home, on the external store.
$each UNION ALL
SELECT json_array('$table', $key, $columns) AS stored
FROM $table
WHERE $key IN (SELECT value FROM json_each(:#${variable.leaving[$table]}))
  AND NOT ('$table' IN ('sessions', 'tasks') AND $parent = 'unknown')
$end
