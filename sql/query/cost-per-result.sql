-- What a completed task and a pull request cost on average: all calls of all its workers, failed attempts included.
-- Parameters, each optional: since, until (UTC text, of the calls), task, session, worker, model.
-- Rows: completed task and pull request, those that there are. Used by: ./tac8 cost --by outcome
WITH task_costs AS (
    SELECT w.task_id, t.status, t.pr_number, sum(ac.estimated_cost_usd) AS cost_usd,
           count(*) - count(ac.estimated_cost_usd) AS calls_without_cost
    FROM api_calls AS ac
    JOIN workers AS w USING (worker_id)
    JOIN tasks AS t USING (task_id)
    WHERE 1
      AND ac.timestamp >= :since -- if since
      AND ac.timestamp < :until -- if until
      AND w.task_id = :task -- if task
      AND w.session_id = :session -- if session
      AND ac.worker_id = :worker -- if worker
      AND ac.model = :model -- if model
    GROUP BY w.task_id
)
SELECT 'completed task' AS result, count(*) AS count, sum(cost_usd) AS total_usd, sum(cost_usd) / count(*) AS each_usd,
       sum(calls_without_cost) AS calls_without_cost
FROM task_costs
WHERE status = 'completed'
HAVING count(*) > 0
UNION ALL
SELECT 'pull request', count(DISTINCT pr_number), sum(cost_usd), sum(cost_usd) / count(DISTINCT pr_number), sum(calls_without_cost)
FROM task_costs
WHERE pr_number IS NOT NULL
HAVING count(*) > 0
