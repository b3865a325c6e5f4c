-- What API calls cost, by task; the dearest first.
-- Parameters: those of chosen-calls.sql.
-- Rows: one a task that has a call. Used by: ./tac8 cost --by task
SELECT task_id, title, status, count(DISTINCT worker_id) AS workers, sum(calls) AS calls, sum(cost_usd) AS cost_usd,
       sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd, sum(calls_without_cost) AS calls_without_cost,
       sum(tokens_total) AS tokens_total, sum(calls_of_reused_workers) AS calls_of_reused_workers
FROM ($call-sums.sql)
LEFT JOIN tasks USING (task_id)
GROUP BY task_id
ORDER BY cost_usd DESC, task_id
