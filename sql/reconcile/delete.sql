-- Deletes the rows that are home, except those on which rows hang that are not.
-- Parameters: $table; home, with a JSON array of $key a table, which only the proof makes. Used by: the route bring-home, on the local store.
DELETE FROM $table
WHERE $key IN (SELECT value FROM json_each(:#${variable.home[$table]}))
  AND NOT EXISTS (SELECT 1 FROM $child WHERE $child.$link = $table.$key)
