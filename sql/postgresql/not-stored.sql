-- The tables that lack rows of the chunk that was copied, or rows that these hang on, and how many: none unless a statement of a route was
-- changed or is missing. What this transaction has written is found at once by changed_in; only what it has found unchanged is looked up,
-- key by key, and what rows hang on, each once. Records that were new are in no table beside, and what they hang on is looked up the same.
-- Parameters: $table, each in turn. Used by: each commit to PostgreSQL.
SELECT * FROM (
    $each UNION ALL
    SELECT '$table' AS table_name, count(*) AS rows
    FROM (
        SELECT $key FROM new_$table AS copied
        WHERE NOT EXISTS (SELECT FROM $table AS written WHERE written.changed_in = pg_current_xact_id() AND written.$key = copied.$key)
        OFFSET 0) AS unchanged
    WHERE (SELECT true FROM $table AS there WHERE there.$key = unchanged.$key) IS NULL
    $end
    UNION ALL
    $each of parents UNION ALL
    SELECT '$table' AS table_name, count(*) AS rows
    FROM (
        SELECT $key FROM $table WHERE false
        UNION SELECT $link FROM new_$child
        UNION SELECT $link FROM $child WHERE changed_in = pg_current_xact_id()
    ) AS named
    WHERE (SELECT true FROM $table AS there WHERE there.$key = named.$key) IS NULL
    $end
) AS lacking
WHERE rows > 0
