-- Copies tasks of the active store into the archive of a month. What the archive knew otherwise the active store has learned before:
-- see known-*.sql.
-- Parameters: taskIds, a JSON array. Used by: the route archive-copy, on an archive.
INSERT INTO tasks (task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number)
SELECT task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number
FROM active.tasks
WHERE task_id IN (SELECT value FROM json_each(:#taskIds))
ON CONFLICT (task_id) DO UPDATE SET
    (session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number) =
    (excluded.session_id, excluded.issue_number, excluded.title, excluded.detected_at, excluded.started_at, excluded.completed_at,
     excluded.failed_at, excluded.status, excluded.pr_number)
WHERE (tasks.session_id, tasks.issue_number, tasks.title, tasks.detected_at, tasks.started_at, tasks.completed_at, tasks.failed_at,
       tasks.status, tasks.pr_number)
   IS NOT (excluded.session_id, excluded.issue_number, excluded.title, excluded.detected_at, excluded.started_at,
           excluded.completed_at, excluded.failed_at, excluded.status, excluded.pr_number)
