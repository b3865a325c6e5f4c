-- All ids of a kind, to find the one that was meant.
-- Parameters: kind: task, worker or session. Rows: one an id. Used by: commands that were given an unknown one
SELECT task_id AS id FROM tasks WHERE :kind = 'task' AND task_id <> 'unknown'
UNION ALL
SELECT worker_id FROM workers WHERE :kind = 'worker'
UNION ALL
SELECT session_id FROM sessions WHERE :kind = 'session' AND session_id <> 'unknown'
