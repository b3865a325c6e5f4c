-- The rows of a chunk as they are stored in PostgreSQL, each as one text: to see whether joining them once more changes any. The session
-- and the task 'unknown' are not records.
-- Parameters: $table, each in turn; leaving, with a JSON array of $key a table. Used by: the route stored-postgresql.
$each UNION ALL
SELECT CAST(json_build_array('$table', $key, $columns) AS text) AS stored
FROM $table
WHERE $key IN (SELECT value FROM json_array_elements_text(CAST(:#${variable.leaving[$table]} AS json)) AS keys (value))
  AND NOT ('$table' IN ('sessions', 'tasks') AND $parent = 'unknown')
$end
