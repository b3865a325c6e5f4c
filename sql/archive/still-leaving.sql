-- Which rows of a chunk still leave: a record may have got another time since it was chosen, and something may hang on a row again. With this
-- statement the transaction begins that keeps every other writer out of the active store until they have left.
-- Parameters: $table, each in turn; leaving, the chunk; turn, a row of due.sql. Rows: one; JSON arrays of what is copied and what leaves, and
-- how many rows of each table leave. Used by: the route archive-chunk, on the external store.
WITH
$each,
still_$table AS MATERIALIZED (
    SELECT json_group_array(there.$id) AS ids, count(*) AS row_count
    FROM json_each(:#${variable.leaving[$table]}) AS chosen
    CROSS JOIN $table AS there
    WHERE there.$id = chosen.value
      AND there.$parent IN (SELECT value FROM json_each(:#${variable.leaving[leaving_$table]}))
      AND there.$serial AND there.$time >= :#${variable.turn[month]} AND there.$time < :#${variable.turn[until]}
      AND NOT EXISTS (SELECT 1 FROM $child WHERE $child.$link = there.$key)
)
$end
SELECT
$each,
    iif($turn = 1, (SELECT ids FROM still_$table), :#${variable.leaving[$table]}) AS $table,
    (SELECT ids FROM still_$table) AS leaving_$table,
    (SELECT row_count FROM still_$table) AS rows_of_$table
$end
