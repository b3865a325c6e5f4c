-- The tasks, the newest first: how each stands, how long it took since its last start, what it cost.
-- Parameters, each optional: status, since, until (UTC text; of its detection), completed_since, completed_until, session, task,
-- limit.
-- Rows: one a task; cost_usd is of all calls of its workers. Used by: ./tac8 tasks, ./tac8 task
SELECT task_id, status, issue_number, pr_number, title, session_id, detected_at, started_at, completed_at, failed_at,
       CASE status WHEN 'completed' THEN (julianday(completed_at) - julianday(started_at)) * 24 * 60
                   WHEN 'failed' THEN (julianday(failed_at) - julianday(started_at)) * 24 * 60 END AS minutes,
       (SELECT count(*) FROM workers AS w WHERE w.task_id = t.task_id) AS workers,
       (SELECT sum(ac.estimated_cost_usd) FROM workers AS w JOIN api_calls AS ac USING (worker_id)
        WHERE w.task_id = t.task_id) AS cost_usd,
       (SELECT count(*) - count(ac.estimated_cost_usd) FROM workers AS w JOIN api_calls AS ac USING (worker_id)
        WHERE w.task_id = t.task_id) AS calls_without_cost
FROM tasks AS t
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
