-- Copies workers of the active store into the archive of a month. What the archive knew otherwise the active store has learned before:
-- see known-*.sql.
-- Parameters: workerIds, a JSON array. Used by: the route archive-copy, on an archive.
INSERT INTO workers (worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file)
SELECT worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file
FROM active.workers
WHERE worker_id IN (SELECT value FROM json_each(:#workerIds))
ON CONFLICT (worker_id) DO UPDATE SET
    (session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file) =
    (excluded.session_id, excluded.task_id, excluded.spawned_at, excluded.completed_at, excluded.pid, excluded.status,
     excluded.exit_code, excluded.log_file)
WHERE (workers.session_id, workers.task_id, workers.spawned_at, workers.completed_at, workers.pid, workers.status,
       workers.exit_code, workers.log_file)
   IS NOT (excluded.session_id, excluded.task_id, excluded.spawned_at, excluded.completed_at, excluded.pid, excluded.status,
           excluded.exit_code, excluded.log_file)
