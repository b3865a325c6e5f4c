-- What a task took in all, and what of it was wasted: all calls of failed workers, and of every worker where the task has failed.
-- Parameters: task. Rows: one. Used by: ./tac8 why
SELECT attempts, failed_attempts, calls, calls_without_cost, cost_usd, wasted_usd, minutes
FROM (SELECT count(*) AS attempts, sum(status = 'failed') AS failed_attempts FROM workers WHERE task_id = :task),
     (SELECT count(*) AS calls, count(*) - count(ac.estimated_cost_usd) AS calls_without_cost,
             ifnull(sum(ac.estimated_cost_usd), 0) AS cost_usd,
             ifnull(sum(CASE WHEN w.status = 'failed' OR t.status = 'failed' THEN ac.estimated_cost_usd END), 0) AS wasted_usd
      FROM workers AS w JOIN api_calls AS ac USING (worker_id) JOIN tasks AS t USING (task_id)
      WHERE w.task_id = :task),
     (SELECT (julianday(max(ifnull(completed_at, ''), ifnull(failed_at, ''))) - julianday(detected_at)) * 24 * 60 AS minutes
      FROM tasks WHERE task_id = :task)
