-- Rows of an archive that join those of the active store.
-- Parameters: $table; known, with a JSON array of $id a table. Used by: the route archive-take-back, on an archive.
SELECT $key, $columns FROM $table WHERE $id IN (SELECT value FROM json_each(:#${variable.known[$table]}))
