-- What became of the money: by outcome of the task, and what was wasted.
-- wasted is what failed workers cost in the task in which they failed, and every worker of a failed task; completed is the rest of
-- completed tasks; what is neither is open. A worker without a known task is open.
-- Parameters, each optional: since, until (UTC text, of the calls), task, session, worker, model.
-- Rows: completed, open and wasted, those that have a call. Used by: ./tac8 cost --by outcome, ./tac8 why
SELECT CASE WHEN t.status = 'failed' OR w.status = 'failed' AND w.task_id = ifnull(ac.own_task_id, w.task_id) THEN 'wasted'
            WHEN t.status = 'completed' THEN 'completed'
            ELSE 'open' END AS outcome,
       count(DISTINCT ifnull(ac.own_task_id, w.task_id)) AS tasks, count(DISTINCT worker_id) AS workers, count(*) AS calls,
       sum(ac.estimated_cost_usd) AS cost_usd, count(*) - count(ac.estimated_cost_usd) AS calls_without_cost,
       sum(ac.tokens_total) AS tokens_total,
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
GROUP BY outcome
ORDER BY outcome
