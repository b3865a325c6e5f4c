-- What API calls cost, by task; the dearest first.
-- Whose a call is, it says itself; if it does not, it is its worker's.
-- Parameters, each optional: since, until (UTC text; from, and up to but without), task, session, worker, model.
-- Rows: one a task that has a call. Used by: ./tac8 cost --by task
SELECT ifnull(ac.own_task_id, w.task_id) AS task_id, t.title, t.status, count(DISTINCT worker_id) AS workers, count(*) AS calls,
       sum(estimated_cost_usd) AS cost_usd, count(*) - count(estimated_cost_usd) AS calls_without_cost, sum(tokens_total) AS tokens_total,
       count(*) FILTER (WHERE ac.own_task_id <> w.task_id OR ac.own_session_id <> w.session_id) AS calls_of_reused_workers
FROM api_calls AS ac
JOIN workers AS w USING (worker_id)
LEFT JOIN tasks AS t ON t.task_id = ifnull(ac.own_task_id, w.task_id)
WHERE 1
  AND ac.timestamp >= :since -- if since
  AND ac.timestamp < :until -- if until
  AND ac.worker_id IN (SELECT worker_id FROM workers WHERE task_id = :task -- if task
                       UNION ALL SELECT worker_id FROM api_calls WHERE own_task_id = :task) -- if task
  AND ifnull(ac.own_task_id, w.task_id) = :task -- if task
  AND ac.worker_id IN (SELECT worker_id FROM workers WHERE session_id = :session -- if session
                       UNION ALL SELECT worker_id FROM api_calls WHERE own_session_id = :session) -- if session
  AND ifnull(ac.own_session_id, w.session_id) = :session -- if session
  AND ac.worker_id = :worker -- if worker
  AND ac.model = :model -- if model
GROUP BY ifnull(ac.own_task_id, w.task_id)
ORDER BY cost_usd DESC, 1
