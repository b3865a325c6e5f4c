-- Workers in order of time: how each ended, how long it took, what it cost.
-- Parameters, each optional: worker, task, session, log_file.
-- Rows: one a worker. Used by: ./tac8 task, ./tac8 worker, ./tac8 why
SELECT worker_id, status, exit_code, task_id, session_id, spawned_at, completed_at,
       (julianday(completed_at) - julianday(spawned_at)) * 24 * 60 AS minutes, pid,
       (SELECT count(*) FROM api_calls AS ac WHERE ac.worker_id = w.worker_id) AS calls,
       (SELECT count(*) FROM api_calls AS ac WHERE ac.worker_id = w.worker_id AND ac.success = 0) AS failed_calls,
       (SELECT sum(ac.tokens_total) FROM api_calls AS ac WHERE ac.worker_id = w.worker_id) AS tokens_total,
       (SELECT sum(ac.estimated_cost_usd) FROM api_calls AS ac WHERE ac.worker_id = w.worker_id) AS cost_usd,
       (SELECT count(*) - count(ac.estimated_cost_usd) FROM api_calls AS ac WHERE ac.worker_id = w.worker_id) AS calls_without_cost,
       log_file
FROM workers AS w
WHERE 1
  AND worker_id = :worker -- if worker
  AND task_id = :task -- if task
  AND session_id = :session -- if session
  AND log_file = :log_file -- if log_file
ORDER BY spawned_at, worker_id
