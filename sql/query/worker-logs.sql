-- Which files workers wrote.
-- Parameters: none. Rows: one a worker that names one, the first to begin first.
-- Used by: ./tac8 import
SELECT worker_id, session_id, log_file, spawned_at
FROM workers
WHERE log_file IS NOT NULL
ORDER BY spawned_at, worker_id
