-- Deletes rows of a table that are in their archive.
-- Parameters: $table; leaving, with a JSON array of $id a table, archived_$table, which only the proof adds.
-- Used by: the route archive-chunk, on the external store.
DELETE FROM $table WHERE $id IN (SELECT value FROM json_each(:#${variable.leaving[archived_$table]}))
