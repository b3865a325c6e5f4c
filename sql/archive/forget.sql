-- Deletes rows of an archive that the active store has taken back.
-- Parameters: $table; known, with a JSON array of $key a table, taken_back_$table, which only the proof adds.
-- Used by: the route archive-forget, on an archive.
DELETE FROM $table WHERE $key IN (SELECT value FROM json_each(:#${variable.known[taken_back_$table]}))
