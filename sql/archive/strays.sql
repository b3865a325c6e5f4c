-- Events and API calls of an archive that came again with a time that belongs elsewhere, into another month or into the active store: some
-- of them, of large ones only as many as fit in memory several times: some MiB, or one. With the workers, tasks and sessions that they
-- hang on there.
-- Parameters: $table, each in turn; month, that of the archive; before, UTC text, up to when archives go. Rows: one; a JSON array of $id a
-- table, and how many events and API calls that is. Used by: the route archive-recall, on an archive.
WITH
$each,
stray_$table AS MATERIALIZED (
    SELECT $ids
    FROM (SELECT $ids, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
          FROM (SELECT here.$ids, here.$bytes AS bytes
                FROM $table AS here
                CROSS JOIN active.$table AS there ON there.$key = here.$key
                WHERE there.$time >= :#before OR substr(there.$time, 1, 7) <> :#month
                LIMIT iif($turn = 1, 1000, 0)))
    WHERE bytes_before < 4194304
), its_$table AS MATERIALIZED (
    SELECT $ids FROM stray_$table
    UNION SELECT $ids FROM $table WHERE $key IN (SELECT $link FROM its_$child)
)
$end
SELECT
$each,
    (SELECT json_group_array($id) FROM its_$table) AS $table
$end
    , 0
$each
    + (SELECT count(*) FROM stray_$table)
$end
    AS row_count
