-- What an archive holds, and how many of its records belong to another month.
-- Parameters: $table, each in turn; month, such as 2026-08. Rows: one. Used by: ./tac8 archive verify, on each archive.
SELECT
$each
       (SELECT count(*) FROM $table) AS $table,
$end
       0
$each of records
       + (SELECT count(*) FROM $table WHERE substr($time, 1, 7) <> :month)
$end
       AS strangers
