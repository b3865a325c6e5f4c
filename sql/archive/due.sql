-- How many rows are due to be archived, by table and month: records by their own time, and of the others those whose
-- times are all older and on which nothing younger hangs, by the month of their start.
-- Parameters: $table, each in turn; before, UTC text; newest, the row of newest.sql, as what comes during a run does not belong to it; run, whose passed-by months
-- are left out. Rows: one a table and month, in the order in which they leave: what hangs on others first, and of each turn the oldest
-- month; turn; until, where the month ends; row_count; and the count of all rows, as a number and in words.
-- Used by: the route archive-due, on the external store, and ./tac8 archive --dry-run.
WITH
$each of parents,
due_$table AS MATERIALIZED (
    SELECT rowid AS id, $time AS began
    FROM $table
    WHERE $time < :#before
      AND ifnull($later, '') < :#before
      AND NOT ('$table' IN ('sessions', 'tasks') AND $key = 'unknown')
      AND $key NOT IN (SELECT $link FROM young_$child WHERE $link IS NOT NULL)
), young_$table AS (
    SELECT * FROM $table WHERE rowid NOT IN (SELECT id FROM due_$table)
)
$end
$each of records
, young_$table AS (
    SELECT * FROM $table WHERE $indexed AND $time >= :#before
)
$end
, due AS (
    $each of records UNION ALL
    SELECT 1 AS turn, '$table' AS name, substr($time, 1, 7) AS month, count(*) AS row_count
    FROM $table
    WHERE $indexed AND $time < :#before AND $serial <= :#${variable.newest[$table]}
    GROUP BY month
    $end
    $each of parents
    UNION ALL
    SELECT $turn, '$table', substr(began, 1, 7) AS month, count(*)
    FROM due_$table
    GROUP BY month
    $end
)
SELECT turn, name, month, min(month || '~', :#before) AS until, row_count, sum(row_count) OVER () AS rows_due,
       format('%,d', sum(row_count) OVER ()) AS rows_due_in_words
FROM due
WHERE month NOT IN (SELECT value FROM json_each(:#${variable.run.passedBy}))
ORDER BY turn, month
