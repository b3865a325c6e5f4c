-- The days, in UTC, that have an API call: between a call of a clock that was wrong by centuries and the others lie a million days.
-- Parameters, each optional: since, until (UTC text; from, and up to but without).
-- Rows: one a day, as 2026-11-22. Used by: ./tac8 cost --by day, week or month
SELECT DISTINCT substr(timestamp, 1, 10) AS day
FROM api_calls
WHERE 1
  AND timestamp >= :since -- if since
  AND timestamp < :until -- if until
