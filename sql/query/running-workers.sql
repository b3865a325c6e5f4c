-- The workers of active tasks that have not ended, the oldest first: since when they run, what they have cost so far, and when they were heard of last: by a call or an event.
-- Parameters: none. Rows: one a worker. Used by: the page's overview
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH chosen AS MATERIALIZED (
    SELECT w.*
    FROM tasks AS t
    CROSS JOIN workers AS w ON w.task_id = t.task_id
    WHERE t.status = 'active' AND w.status = 'spawned'
), calls AS MATERIALIZED (
    SELECT ac.worker_id, ac.timestamp, ac.estimated_cost_usd, ac.cost_source
    FROM chosen
    CROSS JOIN api_calls AS ac ON ac.worker_id = chosen.worker_id
), costs AS MATERIALIZED (
    SELECT worker_id, max(timestamp) AS last_call_at, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
           count(*) - count(estimated_cost_usd) AS calls_without_cost
    FROM calls
    GROUP BY worker_id
), said AS MATERIALIZED (
    SELECT chosen.worker_id, e.timestamp
    FROM chosen
    CROSS JOIN events AS e ON e.context_id = chosen.worker_id
), words AS MATERIALIZED (
    SELECT worker_id, max(timestamp) AS last_event_at FROM said GROUP BY worker_id
)
SELECT worker_id, task_id, spawned_at, max(spawned_at, ifnull(last_call_at, ''), ifnull(last_event_at, '')) AS heard_of_at,
       ifnull(calls, 0) AS calls, cost_usd, reported_usd, calculated_usd, ifnull(calls_without_cost, 0) AS calls_without_cost
FROM chosen
LEFT JOIN costs USING (worker_id)
LEFT JOIN words USING (worker_id)
ORDER BY spawned_at, worker_id
