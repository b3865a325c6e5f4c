-- What API calls cost, by worker; the dearest first.
-- Parameters: those of chosen-calls.sql.
-- Rows: one a worker that has a call. Used by: ./tac8 cost --by worker
SELECT worker_id, worker_task_id AS task_id, worker_status AS status, sum(calls) AS calls, sum(cost_usd) AS cost_usd,
       sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd, sum(calls_without_cost) AS calls_without_cost,
       sum(tokens_total) AS tokens_total, sum(calls_of_reused_workers) AS calls_of_reused_workers
FROM ($call-sums.sql)
GROUP BY worker_id
ORDER BY cost_usd DESC, worker_id
