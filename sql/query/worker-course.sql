-- How the calls of a worker went on, in at most 200 steps of as many calls each, for a picture of it.
-- Parameters: worker. Rows: one a step, in order of time; since and until are its first and last call. Used by: the page
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH calls AS MATERIALIZED (
    SELECT ac.timestamp, ac.success, ac.estimated_cost_usd
    FROM api_calls AS ac
    WHERE ac.worker_id = :worker
)
SELECT min(timestamp) AS since, max(timestamp) AS until, count(*) AS calls, count(*) FILTER (WHERE success = 0) AS failed_calls,
       sum(estimated_cost_usd) AS cost_usd, count(*) - count(estimated_cost_usd) AS calls_without_cost
FROM (SELECT *, ntile(200) OVER (ORDER BY timestamp) AS step FROM calls)
GROUP BY step
ORDER BY step
