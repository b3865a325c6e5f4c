-- What the rows of a table are known by that happened or began within a time. It runs in both databases.
-- Parameters: $table; the time from when, and that until when. Used by: ./tac8 replica verify.
SELECT $key AS key
FROM $table
WHERE $time >= ? AND $time < ?
