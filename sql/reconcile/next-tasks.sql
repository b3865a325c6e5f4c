-- The tasks that the chosen workers hang on, and some on which nothing hangs any more.
-- Parameters: taskIds, a JSON array. Used by: the route bring-home, on the local store.
SELECT task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number
FROM tasks
WHERE task_id IN (SELECT value FROM json_each(:#taskIds))
   OR task_id IN (SELECT task_id
                  FROM tasks AS idle
                  WHERE NOT EXISTS (SELECT 1 FROM workers WHERE task_id = idle.task_id)
                  LIMIT 5000)
