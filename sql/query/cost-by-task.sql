-- What API calls cost, by task; the dearest first.
-- Parameters, each optional: since, until (UTC text; from, and up to but without), task, session, worker, model.
-- Rows: one a task that has a call. Used by: ./tac8 cost --by task
SELECT w.task_id, t.title, t.status, count(DISTINCT worker_id) AS workers, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
       count(*) - count(estimated_cost_usd) AS calls_without_cost, sum(tokens_total) AS tokens_total
FROM api_calls AS ac
JOIN workers AS w USING (worker_id)
LEFT JOIN tasks AS t USING (task_id)
WHERE 1
  AND ac.timestamp >= :since -- if since
  AND ac.timestamp < :until -- if until
  AND ac.worker_id IN (SELECT worker_id FROM workers WHERE task_id = :task) -- if task
  AND ac.worker_id IN (SELECT worker_id FROM workers WHERE session_id = :session) -- if session
  AND ac.worker_id = :worker -- if worker
  AND ac.model = :model -- if model
GROUP BY w.task_id
ORDER BY cost_usd DESC, w.task_id
