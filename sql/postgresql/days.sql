-- The days of which a table has rows. It runs in both databases.
-- Parameters: $table. Used by: ./tac8 replica verify.
SELECT substr($time, 1, 10) AS day, count(*) AS row_count
FROM $table
GROUP BY 1
