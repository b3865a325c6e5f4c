-- What each task cost, for cost-per-result.sql to set against its results.
-- Parameters, each optional: since, until (UTC text, of the calls), task, session, worker, model.
-- Rows: one; costs is a JSON array of [task_id, cost_usd, calls_without_cost], one a task that has a call. total_usd shows whether SQLite
-- can add them up at all: what it cannot is added up elsewhere, and each cost is exact then.
-- Used by: ./tac8 cost --by outcome
-- Calls that say the same of themselves are summed first: as many rows as there are workers, not calls, are joined then.
-- A time is said to be unlikely, so that SQLite goes by it and not by the order of the workers.
WITH sums AS MATERIALIZED (
    SELECT worker_id, own_task_id, sum(estimated_cost_usd) AS cost_usd, count(*) - count(estimated_cost_usd) AS calls_without_cost
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
    GROUP BY worker_id, own_task_id
)
SELECT json_group_array(json_array(task_id, cost_usd, calls_without_cost)) AS costs, sum(cost_usd) AS total_usd
FROM (
    SELECT ifnull(own_task_id, w.task_id) AS task_id, sum(cost_usd) AS cost_usd, sum(calls_without_cost) AS calls_without_cost
    FROM sums
    JOIN workers AS w USING (worker_id)
    GROUP BY 1
)
