-- What each task cost, for cost-per-result.sql to set against its results.
-- Parameters, each optional: since, until (UTC text, of the calls), task, session, worker, model.
-- Rows: one; costs is a JSON array of [task_id, cost_usd, calls_without_cost], one a task that has a call. total_usd shows whether SQLite
-- can add them up at all: what it cannot is added up elsewhere, and each cost is exact then.
-- Used by: ./tac8 cost --by outcome
SELECT json_group_array(json_array(task_id, cost_usd, calls_without_cost)) AS costs, sum(cost_usd) AS total_usd
FROM (
    SELECT ifnull(ac.own_task_id, w.task_id) AS task_id, sum(ac.estimated_cost_usd) AS cost_usd,
           count(*) - count(ac.estimated_cost_usd) AS calls_without_cost
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
    GROUP BY ifnull(ac.own_task_id, w.task_id)
)
