-- How many rows of a table there are of each day, hour, minute or second within a time, and how long their texts are. It runs in both databases.
-- Parameters: $table; 10, 13, 16 or 19 characters; the time from when, and that until when. Used by: ./tac8 replica verify.
SELECT substr($time, 1, ?) AS part, count(*) AS row_count, sum($bytes) AS bytes
FROM $table
WHERE $time >= ? AND $time < ?
GROUP BY 1
