-- What became of the money: by outcome of the task, and what was wasted.
-- wasted is what failed workers cost in the task in which they failed, and every worker of a failed task; completed is the rest of
-- completed tasks; what is neither is open. A worker without a known task is open.
-- Parameters: those of chosen-calls.sql.
-- Rows: completed, open and wasted, those that have a call. Used by: ./tac8 cost --by outcome
SELECT CASE WHEN status = 'failed' OR worker_status = 'failed' AND worker_task_id = task_id THEN 'wasted'
            WHEN status = 'completed' THEN 'completed'
            ELSE 'open' END AS outcome,
       count(DISTINCT task_id) AS tasks, count(DISTINCT worker_id) AS workers, sum(calls) AS calls, sum(cost_usd) AS cost_usd,
       sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd, sum(calls_without_cost) AS calls_without_cost,
       sum(tokens_total) AS tokens_total, sum(calls_of_reused_workers) AS calls_of_reused_workers
FROM ($call-sums.sql)
LEFT JOIN tasks USING (task_id)
GROUP BY outcome
ORDER BY outcome
