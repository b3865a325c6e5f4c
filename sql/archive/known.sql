-- What the archive of a month knows otherwise of rows that are about to be copied into it, and the workers, tasks and sessions that this
-- hangs on there.
-- Parameters: $table, each in turn; leaving, with a JSON array of $id a table. Rows: one; the same for the archive's own ids, and how many
-- rows that is. Used by: the routes archive-meet and archive-name, on an archive.
WITH
$each,
known_$table AS MATERIALIZED (
    SELECT here.$ids
    FROM json_each(:#${variable.leaving[$table]}) AS chosen
    CROSS JOIN active.$table AS there ON there.$id = chosen.value
    CROSS JOIN $table AS here ON here.$key = there.$key
    WHERE (here.$columns) IS NOT (there.$columns)
    UNION SELECT $ids FROM $table WHERE $key IN (SELECT $link FROM known_$child)
)
$end
SELECT
$each,
    (SELECT json_group_array($id) FROM known_$table) AS $table
$end
    , 0
$each
    + (SELECT count(*) FROM known_$table)
$end
    AS row_count
