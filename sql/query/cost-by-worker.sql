-- What API calls cost, by worker; the dearest first.
-- Parameters, each optional: since, until (UTC text; from, and up to but without), task, session, worker, model.
-- Rows: one a worker that has a call. Used by: ./tac8 cost --by worker
SELECT worker_id, w.task_id, w.status, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
       count(*) - count(estimated_cost_usd) AS calls_without_cost, sum(tokens_total) AS tokens_total,
       count(*) FILTER (WHERE ac.own_task_id <> w.task_id OR ac.own_session_id <> w.session_id) AS calls_of_reused_workers
FROM api_calls AS ac
JOIN workers AS w USING (worker_id)
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
GROUP BY worker_id
ORDER BY cost_usd DESC, worker_id
