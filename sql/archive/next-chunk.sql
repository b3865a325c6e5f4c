-- The next rows of a month that leave the active store, and the workers, tasks and sessions that they hang on, which go along. Events
-- and API calls leave by their own time and before the others; a worker, a task and a session once nothing hangs on them any more and
-- all their times are old. Of large rows only as many as a transaction writes in a moment: some MiB, or one.
-- Parameters: $table, each in turn; turn, a row of due.sql; before; newest, the row of newest.sql, as what comes during a run does not belong
-- to it; and the most rows of a table. Rows: one; JSON arrays of the $id of what is copied, and of parents what leaves, and how many rows leave.
-- Used by: the route archive-meet, on the external store.
WITH
$each,
first_$table AS MATERIALIZED (
    SELECT $ids, $bytes AS bytes
    FROM $table AS idle
    WHERE $indexed
      AND $time >= :#${variable.turn[month]} AND $time < :#${variable.turn[until]}
      AND ifnull($later, '') < :#before
      AND $serial <= :#${variable.newest[$table]}
      AND NOT ('$table' IN ('sessions', 'tasks') AND $parent = 'unknown')
      AND NOT EXISTS (SELECT 1 FROM $child WHERE $link = idle.$key)
    LIMIT iif(:#${variable.turn[turn]} = $turn, :#${variable.run.mostRows}, 0)
), next_$table AS (
    SELECT $ids
    FROM first_$table
    WHERE (SELECT sum(bytes) FROM first_$table) < 16777216
       OR $id IN (SELECT $id
                  FROM (SELECT $id, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before FROM first_$table)
                  WHERE bytes_before < 16777216)
), its_$table AS MATERIALIZED ( -- $parent
), its_$table AS ( -- $serial
    SELECT $ids FROM next_$table
    UNION SELECT $ids FROM $table WHERE $key IN (SELECT $link FROM its_$child)
)
$end
SELECT
$each,
    (SELECT json_group_array($id) FROM its_$table) AS $table
    , (SELECT json_group_array($parent) FROM next_$table) AS leaving_$table
$end
    , 0
$each
    + (SELECT count(*) FROM next_$table)
$end
    AS row_count
