-- The workers that the chosen API calls hang on, and some on which nothing hangs any more.
-- Parameters: workerIds, a JSON array. Used by: the route bring-home, on the local store.
SELECT worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file
FROM workers
WHERE worker_id IN (SELECT value FROM json_each(:#workerIds))
   OR worker_id IN (SELECT worker_id
                    FROM workers AS idle
                    WHERE NOT EXISTS (SELECT 1 FROM api_calls WHERE worker_id = idle.worker_id)
                    LIMIT 5000)
