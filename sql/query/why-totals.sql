-- What a task took in all, and what of it was wasted: all calls of failed workers, and of every worker where the task has failed.
-- No call costs 0; what calls cost none of which has a cost nobody knows, and it is null.
-- Parameters: task. Rows: one. Used by: ./tac8 why
SELECT attempts, failed_attempts, calls, calls_without_cost, cost_usd, wasted_usd, minutes
FROM (SELECT count(*) AS attempts, count(*) FILTER (WHERE status = 'failed') AS failed_attempts FROM workers WHERE task_id = :task),
     (SELECT count(*) AS calls, count(*) - count(ac.estimated_cost_usd) AS calls_without_cost,
             CASE count(*) WHEN 0 THEN 0 ELSE sum(ac.estimated_cost_usd) END AS cost_usd,
             CASE count(*) FILTER (WHERE w.status = 'failed' OR t.status = 'failed') WHEN 0 THEN 0
                 ELSE sum(ac.estimated_cost_usd) FILTER (WHERE w.status = 'failed' OR t.status = 'failed') END AS wasted_usd
      FROM workers AS w JOIN api_calls AS ac USING (worker_id) JOIN tasks AS t USING (task_id)
      WHERE w.task_id = :task),
     (SELECT (julianday(max(ifnull(completed_at, ''), ifnull(failed_at, ''))) - julianday(detected_at)) * 24 * 60 AS minutes
      FROM tasks WHERE task_id = :task)
