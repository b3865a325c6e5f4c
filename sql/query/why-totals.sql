-- What a task took in all, and what of it was wasted: all calls of failed workers, and of every worker where the task has failed.
-- No call costs 0; what calls cost none of which has a cost nobody knows, and it is null.
-- Parameters: task. Rows: one. Used by: ./tac8 why
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH calls AS MATERIALIZED (
    SELECT w.status = 'failed' OR t.status = 'failed' AS wasted, ac.estimated_cost_usd
    FROM tasks AS t
    CROSS JOIN workers AS w ON w.task_id = t.task_id
    CROSS JOIN api_calls AS ac ON ac.worker_id = w.worker_id
    WHERE t.task_id = :task
)
SELECT attempts, failed_attempts, calls, calls_without_cost, cost_usd, wasted_usd, minutes
FROM (SELECT count(*) AS attempts, count(*) FILTER (WHERE status = 'failed') AS failed_attempts FROM workers WHERE task_id = :task),
     (SELECT count(*) AS calls, count(*) - count(estimated_cost_usd) AS calls_without_cost,
             CASE count(*) WHEN 0 THEN 0 ELSE sum(estimated_cost_usd) END AS cost_usd,
             CASE count(*) FILTER (WHERE wasted) WHEN 0 THEN 0 ELSE sum(estimated_cost_usd) FILTER (WHERE wasted) END AS wasted_usd
      FROM calls),
     (SELECT (julianday(max(ifnull(completed_at, ''), ifnull(failed_at, ''))) - julianday(detected_at)) * 24 * 60 AS minutes
      FROM tasks WHERE task_id = :task)
