-- The tasks, workers and sessions whose ids begin with a text, each in the order of their ids.
-- Parameters: text; limit, the most of a kind.
-- Rows: one a thing; kind is task, worker or session, about is what is known of it. Used by: the page, for what is typed to be found.
SELECT * FROM (SELECT 'task' AS kind, task_id AS id, ifnull(title, status) AS about FROM tasks
               WHERE task_id >= :text AND task_id < :text || char(1114111)
               ORDER BY task_id
               LIMIT :limit -- if limit
)
UNION ALL
SELECT * FROM (SELECT 'worker', worker_id, status || ', task ' || task_id FROM workers
               WHERE worker_id >= :text AND worker_id < :text || char(1114111)
               ORDER BY worker_id
               LIMIT :limit -- if limit
)
UNION ALL
SELECT * FROM (SELECT 'session', session_id, ifnull('ended ' || ended_at, 'began ' || started_at) FROM sessions
               WHERE session_id >= :text AND session_id < :text || char(1114111)
               ORDER BY session_id
               LIMIT :limit -- if limit
)
