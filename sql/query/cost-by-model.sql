-- What API calls cost, by model; the dearest first.
-- Parameters, each optional: since, until (UTC text; from, and up to but without), task, session, worker, model.
-- Rows: one a model that has a call. Used by: ./tac8 cost --by model
SELECT model, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
       count(*) - count(estimated_cost_usd) AS calls_without_cost, sum(tokens_total) AS tokens_total
FROM api_calls AS ac
WHERE 1
  AND ac.timestamp >= :since -- if since
  AND ac.timestamp < :until -- if until
  AND (ac.own_task_id = :task -- if task
       OR ac.own_task_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE task_id = :task)) -- if task
  AND (ac.own_session_id = :session -- if session
       OR ac.own_session_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE session_id = :session)) -- if session
  AND ac.worker_id = :worker -- if worker
  AND ac.model = :model -- if model
GROUP BY model
ORDER BY cost_usd DESC, model
