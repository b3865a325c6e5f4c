-- Lists the tasks, the newest first: how each stands, how long it took since its last start, and what it cost.
--
-- Example: ./tac8 tasks --status active
-- Example: ./tac8 tasks --completed-today
-- Option --status STATUS, one of detected, active, completed, failed: Only those that are ${COMPLETION-CANDIDATES}.
-- Option --completed-today, today as completed, with --status completed: Only those that were completed today.
-- Option --session ID: Only those of a session.
-- Option --limit N, else the newest 1000: The most to list; ${DEFAULT-VALUE} if none is given.
-- Parameters: task
-- Period: tasks detected
-- About: session, completed, period, status
-- Shows: task_id, status, issue_number, pr_number, detected_at, minutes, workers, cost_usd, title
-- Nothing: There is no [such] task [in that time] [yet].
--
-- cost_usd is of all calls that name the task, and of those that name none but are of its workers; reused_workers are those of whom
-- another task or session is on record. ./tac8 task and ./tac8 why ask for one task by :task.
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
    SELECT chosen.task_id, ac.worker_id, ac.own_session_id, ac.estimated_cost_usd, ac.cost_source
    FROM chosen
    CROSS JOIN api_calls AS ac ON ac.own_task_id = chosen.task_id
    UNION ALL
    SELECT chosen.task_id, ac.worker_id, ac.own_session_id, ac.estimated_cost_usd, ac.cost_source
    FROM chosen
    CROSS JOIN workers AS w ON w.task_id = chosen.task_id
    CROSS JOIN api_calls AS ac ON ac.own_task_id IS NULL AND ac.worker_id = w.worker_id
), its_workers AS MATERIALIZED (
    SELECT task_id, worker_id, own_session_id, sum(estimated_cost_usd) AS cost_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
           count(*) - count(estimated_cost_usd) AS calls_without_cost
    FROM calls
    GROUP BY task_id, worker_id, own_session_id
    UNION ALL
    SELECT chosen.task_id, w.worker_id, NULL, NULL, NULL, NULL, 0 FROM chosen CROSS JOIN workers AS w ON w.task_id = chosen.task_id
), crews AS MATERIALIZED (
    SELECT i.task_id, count(DISTINCT i.worker_id) AS workers,
           count(DISTINCT i.worker_id) FILTER (WHERE w.task_id <> i.task_id OR i.own_session_id <> w.session_id) AS reused_workers,
           sum(cost_usd) AS cost_usd, sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd,
           sum(calls_without_cost) AS calls_without_cost
    FROM its_workers AS i
    CROSS JOIN workers AS w ON w.worker_id = i.worker_id
    GROUP BY i.task_id
)
SELECT task_id, status, issue_number, pr_number, title, session_id, detected_at, started_at, completed_at, failed_at,
       CASE status WHEN 'completed' THEN (julianday(completed_at) - julianday(started_at)) * 24 * 60
                   WHEN 'failed' THEN (julianday(failed_at) - julianday(started_at)) * 24 * 60 END AS minutes,
       ifnull(workers, 0) AS workers, cost_usd, reported_usd, calculated_usd,
       ifnull(calls_without_cost, 0) AS calls_without_cost,
       ifnull(reused_workers, 0) AS reused_workers
FROM chosen
LEFT JOIN crews USING (task_id)
ORDER BY detected_at DESC, task_id
