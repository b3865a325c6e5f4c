-- The next rows to bring home, oldest arrivals first, except those that the external store refuses: rows of the table whose turn it is, and
-- the workers, tasks and sessions that they hang on. Of large rows only as many as fit in memory several times: some MiB, or one.
-- Parameters: $table, each in turn; turn, as next-turn.sql says it; the most rows of a table; and the refused ones, a JSON array.
-- Rows: one; for each table a JSON array of the $key of its rows.
-- Used by: the route bring-home, on the local store.
WITH refused AS MATERIALIZED (
    SELECT value AS row FROM json_each(:#${variable.round.refused})
)
    $each
, idle_$table AS MATERIALIZED (
    SELECT $keys
    FROM (SELECT $keys, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
          FROM (SELECT $keys, $bytes AS bytes
                FROM $table AS idle
                WHERE '$kind ' || $key NOT IN (SELECT row FROM refused)
                  AND NOT EXISTS (SELECT 1 FROM $child WHERE $link = idle.$key)
                ORDER BY rowid
                LIMIT iif(:#${variable.turn} = '$table', :#${variable.round.mostRows}, 0)))
    WHERE bytes_before < 4194304
), next_$table AS MATERIALIZED (
    SELECT $keys FROM idle_$table
    UNION SELECT $keys FROM $table WHERE $key IN (SELECT $link FROM next_$child)
)
    $end
SELECT
    $each,
    (SELECT json_group_array($key) FROM next_$table) AS $table
    $end
