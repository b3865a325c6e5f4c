-- What a task took in all, and what of it was wasted: all calls of workers that failed in it, and of every worker if the task has failed.
-- Its calls are those that name it, and of those that name none the calls of its workers.
-- No call costs 0. If none of some calls has a cost, what they cost is not known, and null.
-- Parameters: task. Rows: one. Used by: ./tac8 why
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH calls AS MATERIALIZED (
    SELECT ac.worker_id, w.status = 'failed' AND w.task_id = :task OR t.status = 'failed' AS wasted, ac.estimated_cost_usd, ac.cost_source
    FROM tasks AS t
    CROSS JOIN api_calls AS ac ON ac.own_task_id = t.task_id
    CROSS JOIN workers AS w ON w.worker_id = ac.worker_id
    WHERE t.task_id = :task
    UNION ALL
    SELECT ac.worker_id, w.status = 'failed' OR t.status = 'failed', ac.estimated_cost_usd, ac.cost_source
    FROM tasks AS t
    CROSS JOIN workers AS w ON w.task_id = t.task_id
    CROSS JOIN api_calls AS ac ON ac.own_task_id IS NULL AND ac.worker_id = w.worker_id
    WHERE t.task_id = :task
), its_workers AS MATERIALIZED (
    SELECT worker_id FROM calls
    UNION
    SELECT worker_id FROM workers WHERE task_id = :task
)
SELECT attempts, failed_attempts, calls, calls_without_cost, cost_usd, reported_usd, calculated_usd, wasted_usd, wasted_calls_without_cost, minutes,
       reused_workers
FROM (SELECT count(*) AS attempts, count(*) FILTER (WHERE w.status = 'failed' AND w.task_id = :task) AS failed_attempts,
             count(*) FILTER (WHERE w.task_id <> :task OR EXISTS (
                 SELECT 1 FROM api_calls AS ac
                 WHERE ac.worker_id = w.worker_id AND (ac.own_task_id <> :task OR ac.own_session_id <> w.session_id))) AS reused_workers
      FROM its_workers CROSS JOIN workers AS w ON w.worker_id = its_workers.worker_id),
     (SELECT count(*) AS calls, count(*) - count(estimated_cost_usd) AS calls_without_cost,
             CASE count(*) WHEN 0 THEN 0 ELSE sum(estimated_cost_usd) END AS cost_usd,
             sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
             sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
             count(*) FILTER (WHERE wasted) - count(estimated_cost_usd) FILTER (WHERE wasted) AS wasted_calls_without_cost,
             CASE count(*) FILTER (WHERE wasted) WHEN 0 THEN 0 ELSE sum(estimated_cost_usd) FILTER (WHERE wasted) END AS wasted_usd
      FROM calls),
     (SELECT (julianday(max(ifnull(completed_at, ''), ifnull(failed_at, ''))) - julianday(detected_at)) * 24 * 60 AS minutes
      FROM tasks WHERE task_id = :task)
