-- The table of which rows are brought home next: events, then API calls, then workers, tasks and sessions on which nothing hangs.
-- Asked of an empty store every two seconds, so it is as cheap as can be.
-- Parameters: the rows that the external store refuses, a JSON array. Rows: one; the table's name, or nothing.
-- Used by: the route bring-home, on the local store.
WITH refused AS MATERIALIZED (
    SELECT value AS row FROM json_each(:#${variable.round.refused})
)
SELECT CASE
    WHEN EXISTS (SELECT 1 FROM events WHERE 'event ' || record_id NOT IN (SELECT row FROM refused)) THEN 'events'
    WHEN EXISTS (SELECT 1 FROM api_calls WHERE 'api_call ' || record_id NOT IN (SELECT row FROM refused)) THEN 'api_calls'
    WHEN EXISTS (SELECT 1 FROM workers AS idle
                 WHERE NOT EXISTS (SELECT 1 FROM api_calls WHERE worker_id = idle.worker_id)
                   AND 'worker ' || worker_id NOT IN (SELECT row FROM refused)) THEN 'workers'
    WHEN EXISTS (SELECT 1 FROM tasks AS idle
                 WHERE NOT EXISTS (SELECT 1 FROM workers WHERE task_id = idle.task_id)
                   AND 'task ' || task_id NOT IN (SELECT row FROM refused)) THEN 'tasks'
    WHEN EXISTS (SELECT 1 FROM sessions AS idle
                 WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE session_id = idle.session_id)
                   AND NOT EXISTS (SELECT 1 FROM workers WHERE session_id = idle.session_id)
                   AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = idle.session_id)
                   AND 'session ' || session_id NOT IN (SELECT row FROM refused)) THEN 'sessions'
    ELSE 'nothing' END AS turn
