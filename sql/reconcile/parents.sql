-- The named parents as they are stored, each as one text: to see whether joining them once more changes any.
-- Parameters: sessionIds, taskIds, workerIds, JSON arrays. Used by: the route prove-home, on the external store.
SELECT json_array('session', session_id, started_at, ended_at, git_commit, exit_reason, config) AS parent
FROM sessions
WHERE session_id IN (SELECT value FROM json_each(:#sessionIds))
UNION ALL
SELECT json_array('task', task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number)
FROM tasks
WHERE task_id IN (SELECT value FROM json_each(:#taskIds))
UNION ALL
SELECT json_array('worker', worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file)
FROM workers
WHERE worker_id IN (SELECT value FROM json_each(:#workerIds))
ORDER BY parent
