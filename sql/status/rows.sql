-- How many rows each table holds, the small ones first. SQLite counts on each table's smallest index.
-- Parameters: none. Used by: tac8 status and tac8 reconcile, on either store; tac8 backup and tac8
-- rebuild.
SELECT 'sessions' AS name, count(*) AS row_count FROM sessions
UNION ALL
SELECT 'tasks', count(*) FROM tasks
UNION ALL
SELECT 'workers', count(*) FROM workers
UNION ALL
SELECT 'events', count(*) FROM events
UNION ALL
SELECT 'api_calls', count(*) FROM api_calls
