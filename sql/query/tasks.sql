-- The tasks, the newest first: how each stands, how long it took since its last start, what it cost.
-- Parameters, each optional: status, since, until (UTC text; of its detection), completed_since, completed_until, session, task,
-- limit.
-- Rows: one a task; cost_usd is of all calls of its workers. Used by: ./tac8 tasks, ./tac8 task
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH chosen AS MATERIALIZED (
    SELECT * FROM tasks
    WHERE task_id <> 'unknown'
      AND task_id = :task -- if task
      AND status = :status -- if status
      AND detected_at >= :since -- if since
      AND detected_at < :until -- if until
      AND completed_at >= :completed_since -- if completed_since
      AND completed_at < :completed_until -- if completed_until
      AND session_id = :session -- if session
    ORDER BY detected_at DESC, task_id
    LIMIT :limit -- if limit
), calls AS MATERIALIZED (
    SELECT w.task_id, ac.estimated_cost_usd
    FROM chosen
    CROSS JOIN workers AS w ON w.task_id = chosen.task_id
    CROSS JOIN api_calls AS ac ON ac.worker_id = w.worker_id
), costs AS MATERIALIZED (
    SELECT task_id, sum(estimated_cost_usd) AS cost_usd, count(*) - count(estimated_cost_usd) AS calls_without_cost
    FROM calls
    GROUP BY task_id
)
SELECT task_id, status, issue_number, pr_number, title, session_id, detected_at, started_at, completed_at, failed_at,
       CASE status WHEN 'completed' THEN (julianday(completed_at) - julianday(started_at)) * 24 * 60
                   WHEN 'failed' THEN (julianday(failed_at) - julianday(started_at)) * 24 * 60 END AS minutes,
       (SELECT count(*) FROM workers AS w WHERE w.task_id = chosen.task_id) AS workers,
       cost_usd, ifnull(calls_without_cost, 0) AS calls_without_cost
FROM chosen
LEFT JOIN costs USING (task_id)
ORDER BY detected_at DESC, task_id
