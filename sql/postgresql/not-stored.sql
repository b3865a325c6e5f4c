-- The tables that lack rows of the chunk that was copied, and how many: none unless a statement of a route was changed or is missing.
-- Parameters: $table, each in turn. Used by: each commit to PostgreSQL.
SELECT * FROM (
    $each UNION ALL
    SELECT '$table' AS table_name, count(*) AS rows
    FROM new_$table AS copied
    WHERE NOT EXISTS (SELECT FROM $table AS there WHERE there.$key = copied.$key)
    $end
) AS lacking
WHERE rows > 0
