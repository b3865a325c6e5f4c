-- What the archive of a month knows otherwise of workers that are about to be copied into it, or that what it knows otherwise hangs on.
-- Parameters: workerIds and knownWorkerIds, JSON arrays. Used by: the route archive-meet, on an archive.
SELECT here.worker_id, here.session_id, here.task_id, here.spawned_at, here.completed_at, here.pid, here.status, here.exit_code,
       here.log_file
FROM workers AS here
LEFT JOIN active.workers AS there USING (worker_id)
WHERE worker_id IN (SELECT value FROM json_each(:#knownWorkerIds))
   OR worker_id IN (SELECT value FROM json_each(:#workerIds))
      AND (here.session_id, here.task_id, here.spawned_at, here.completed_at, here.pid, here.status, here.exit_code, here.log_file)
       IS NOT (there.session_id, there.task_id, there.spawned_at, there.completed_at, there.pid, there.status, there.exit_code,
               there.log_file)
