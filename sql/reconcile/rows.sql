-- The rows of a chunk, oldest arrivals first.
-- Parameters: $table; leaving, with a JSON array of $key a table. Used by: the route bring-home, on the local store.
SELECT $key, $columns
FROM $table
WHERE $key IN (SELECT value FROM json_each(:#${variable.leaving[$table]}))
ORDER BY $id
