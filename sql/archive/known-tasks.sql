-- What the archive of a month knows otherwise of tasks that are to be copied into it, or that what it knows otherwise hangs on.
-- Parameters: taskIds and knownTaskIds, JSON arrays. Used by: the route archive-meet, on an archive.
SELECT here.task_id, here.session_id, here.issue_number, here.title, here.detected_at, here.started_at, here.completed_at,
       here.failed_at, here.status, here.pr_number
FROM tasks AS here
LEFT JOIN active.tasks AS there USING (task_id)
WHERE task_id IN (SELECT value FROM json_each(:#knownTaskIds))
   OR task_id IN (SELECT value FROM json_each(:#taskIds))
      AND (here.session_id, here.issue_number, here.title, here.detected_at, here.started_at, here.completed_at, here.failed_at,
           here.status, here.pr_number)
       IS NOT (there.session_id, there.issue_number, there.title, there.detected_at, there.started_at, there.completed_at,
               there.failed_at, there.status, there.pr_number)
