-- The tasks that the chosen workers hang on; where there is nothing else any more, some on which nothing hangs.
-- Parameters: eventIds, taskIds and refused, JSON arrays; rows, the most. Used by: the route bring-home, on the local store.
SELECT task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number
FROM tasks
WHERE task_id IN (SELECT value FROM json_each(:#taskIds))
   OR task_id IN (SELECT task_id
                  FROM tasks AS idle
                  WHERE json_array_length(:#eventIds) + json_array_length(:#taskIds) = 0
                    AND NOT EXISTS (SELECT 1 FROM workers WHERE task_id = idle.task_id)
                    AND 'task ' || task_id NOT IN (SELECT value FROM json_each(:#refused))
                  LIMIT :#rows)
