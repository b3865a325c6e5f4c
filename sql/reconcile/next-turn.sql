-- The table of which rows are brought home next: records first, then workers, tasks and sessions on which nothing hangs.
-- Asked of an empty store every two seconds, so it is as cheap as can be.
-- Parameters: $table, each in turn; the rows that the external store refuses, a JSON array. Rows: one; the table's name, or nothing.
-- Used by: the route bring-home, on the local store.
WITH refused AS MATERIALIZED (
    SELECT value AS row FROM json_each(:#${variable.round.refused})
)
SELECT coalesce(
    $each,
    (SELECT '$table'
     FROM $table AS idle
     WHERE '$kind ' || $key NOT IN (SELECT row FROM refused)
       AND NOT EXISTS (SELECT 1 FROM $child WHERE $link = idle.$key)
     LIMIT 1)
    $end
    , 'nothing') AS turn
