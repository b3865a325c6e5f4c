-- What API calls cost, by worker; the dearest first.
-- Parameters, each optional: since, until (UTC text; from, and up to but without), task, session, worker, model.
-- Rows: one a worker that has a call. Used by: ./tac8 cost --by worker
-- Calls that say the same of themselves are summed first: as many rows as there are workers, not calls, are joined then.
-- A time is said to be unlikely, so that SQLite goes by it and not by the order of the workers.
WITH sums AS MATERIALIZED (
    SELECT worker_id, own_task_id, own_session_id, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
           count(*) - count(estimated_cost_usd) AS calls_without_cost, sum(tokens_total) AS tokens_total
    FROM api_calls AS ac
    WHERE 1
      AND unlikely(ac.timestamp >= :since) -- if since
      AND ac.timestamp < :until -- if until
      AND (ac.own_task_id = :task -- if task
           OR ac.own_task_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE task_id = :task)) -- if task
      AND (ac.own_session_id = :session -- if session
           OR ac.own_session_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE session_id = :session)) -- if session
      AND ac.worker_id = :worker -- if worker
      AND ac.model = :model -- if model
    GROUP BY worker_id, own_task_id, own_session_id
)
SELECT worker_id, w.task_id, w.status, sum(calls) AS calls, sum(cost_usd) AS cost_usd,
       sum(calls_without_cost) AS calls_without_cost, sum(tokens_total) AS tokens_total,
       ifnull(sum(calls) FILTER (WHERE own_task_id <> w.task_id OR own_session_id <> w.session_id), 0) AS calls_of_reused_workers
FROM sums
JOIN workers AS w USING (worker_id)
GROUP BY worker_id
ORDER BY cost_usd DESC, worker_id
