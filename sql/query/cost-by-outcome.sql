-- What became of the money: by outcome of the task, and what was wasted.
-- wasted is what failed workers cost, and every worker of a failed task; completed is the rest of completed tasks; what is neither
-- is open. A worker without a known task is open.
-- Parameters, each optional: since, until (UTC text, of the calls), task, session, worker, model.
-- Rows: completed, open and wasted, those that have a call. Used by: ./tac8 cost --by outcome, ./tac8 why
SELECT CASE WHEN w.status = 'failed' OR t.status = 'failed' THEN 'wasted'
            WHEN t.status = 'completed' THEN 'completed'
            ELSE 'open' END AS outcome,
       count(DISTINCT w.task_id) AS tasks, count(DISTINCT worker_id) AS workers, count(*) AS calls,
       sum(ac.estimated_cost_usd) AS cost_usd, count(*) - count(ac.estimated_cost_usd) AS calls_without_cost,
       sum(ac.tokens_total) AS tokens_total
FROM api_calls AS ac
JOIN workers AS w USING (worker_id)
LEFT JOIN tasks AS t USING (task_id)
WHERE 1
  AND ac.timestamp >= :since -- if since
  AND ac.timestamp < :until -- if until
  AND w.task_id = :task -- if task
  AND w.session_id = :session -- if session
  AND ac.worker_id = :worker -- if worker
  AND ac.model = :model -- if model
GROUP BY outcome
ORDER BY outcome
