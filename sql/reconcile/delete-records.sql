-- Deletes the events or API calls that are home.
-- Parameters: $table; home, with a JSON array of $key a table, which only the proof makes. Used by: the route bring-home, on the local store.
DELETE FROM $table WHERE $key IN (SELECT value FROM json_each(:#${variable.home[$table]}))
