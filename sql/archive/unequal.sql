-- How many rows of a chunk the archive of a month does not hold, or not with equal columns.
-- Parameters: $table, each in turn; leaving, with a JSON array of $id a table. Rows: one a table, row_count 0 if all is there.
-- Used by: the route archive-chunk, on an archive.
$each UNION ALL
SELECT '$table' AS name, count(*) AS row_count
FROM json_each(:#${variable.leaving[$table]}) AS chosen
CROSS JOIN active.$table AS there ON there.$id = chosen.value
LEFT JOIN $table AS here ON here.$key = there.$key
WHERE (here.$key, here.$columns) IS NOT (there.$key, there.$columns)
$end
