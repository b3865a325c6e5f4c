-- The days, in UTC, that have an API call: between a call of a clock that was wrong by centuries and the others lie a million days.
-- Parameters, each optional: since, until (UTC text; from, and up to but without).
-- Rows: one a day, as 2026-11-22. Used by: ./tac8 cost --by day, week or month
-- From each day the index leads to the next one that has a call, so that not every call is read.
SELECT DISTINCT day
FROM ( -- of each store
    WITH RECURSIVE days (day) AS (
        SELECT substr(min(timestamp), 1, 10)
        FROM api_calls
        WHERE 1
          AND timestamp >= :since -- if since
          AND timestamp < :until -- if until
        UNION ALL
        SELECT (SELECT substr(min(timestamp), 1, 10)
                FROM api_calls
                WHERE timestamp > day || '~'
                  AND timestamp < :until -- if until
               )
        FROM days
        WHERE day IS NOT NULL
    )
    SELECT day FROM days WHERE day IS NOT NULL
) -- together
