-- To which task and session some workers belong.
-- Parameters: workers (a JSON array of ids). Rows: one a worker. Used by: ./tac8 cost
SELECT worker_id, task_id, session_id
FROM workers
WHERE worker_id IN (SELECT value FROM json_each(:workers))
