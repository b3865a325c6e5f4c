-- The workers that the chosen API calls hang on; where there are no events and calls any more, some on which nothing hangs.
-- Parameters: eventIds, workerIds and refused, JSON arrays; rows, the most. Used by: the route bring-home, on the local store.
SELECT worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file
FROM workers
WHERE worker_id IN (SELECT value FROM json_each(:#workerIds))
   OR worker_id IN (SELECT worker_id
                    FROM workers AS idle
                    WHERE json_array_length(:#eventIds) + json_array_length(:#workerIds) = 0
                      AND NOT EXISTS (SELECT 1 FROM api_calls WHERE worker_id = idle.worker_id)
                      AND 'worker ' || worker_id NOT IN (SELECT value FROM json_each(:#refused))
                    LIMIT :#rows)
