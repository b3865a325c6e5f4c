-- The rows of a chunk as they are stored in PostgreSQL, each as one text: to see whether joining them once more changes any. The session
-- and the task 'unknown' are not records. Keys of a local store that an older tac8 has written may hold U+0000, which is stored as U+2400: in
-- JSON it is an escape, told from the same letters behind a backslash by putting pairs of backslashes out of the way.
-- Parameters: $table, each in turn; leaving, with a JSON array of $key a table. Used by: the route stored-postgresql.
$each UNION ALL
SELECT CAST(json_build_array('$table', $key, $columns) AS text) AS stored
FROM $table
WHERE $key IN (SELECT value FROM json_array_elements_text(CAST(
          replace(replace(replace(:#${variable.leaving[$table]}, '\\', chr(1)), '\u0000', '\u2400'), chr(1), '\\') AS json)) AS keys (value))
  AND NOT ('$table' IN ('sessions', 'tasks') AND $parent = 'unknown')
$end
