-- When the first and the last API call of a time were.
-- Parameters, each optional: since, until (UTC text; from, and up to but without).
-- Rows: one, first_at and last_at, null where there is no call. Used by: ./tac8 cost --by day, week or month
SELECT (SELECT min(timestamp) FROM api_calls
        WHERE 1
          AND timestamp >= :since -- if since
          AND timestamp < :until -- if until
       ) AS first_at,
       (SELECT max(timestamp) FROM api_calls
        WHERE 1
          AND timestamp >= :since -- if since
          AND timestamp < :until -- if until
       ) AS last_at
