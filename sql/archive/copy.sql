-- Copies rows of a table from the active store into the archive of a month. What the archive knew otherwise the active store has learned
-- before: see known.sql.
-- Parameters: $table; leaving, with a JSON array of $id a table. Used by: the route archive-copy, on an archive.
INSERT INTO $table ($key, $columns)
SELECT there.$key, there.$columns
FROM json_each(:#${variable.leaving[$table]}) AS chosen
CROSS JOIN active.$table AS there
WHERE there.$id = chosen.value
ON CONFLICT ($key) DO UPDATE SET ($columns) = (excluded.$columns)
WHERE ($table.$columns) IS NOT (excluded.$columns)
