-- All rows that a chunk takes with it into its archive: those that leave, and the workers, tasks and sessions that they hang on.
-- Parameters: eventIds, apiCallIds, idleWorkerIds, idleTaskIds, idleSessionIds, JSON arrays of what leaves.
-- Rows: one; worker_ids, task_ids, session_ids, JSON arrays. Used by: the routes archive-meet and archive-chunk, on the external store.
WITH its_workers AS MATERIALIZED (
    SELECT worker_id, task_id, session_id
    FROM workers
    WHERE worker_id IN (SELECT worker_id FROM api_calls WHERE call_id IN (SELECT value FROM json_each(:#apiCallIds)))
       OR worker_id IN (SELECT value FROM json_each(:#idleWorkerIds))
), its_tasks AS MATERIALIZED (
    SELECT task_id, session_id
    FROM tasks
    WHERE task_id IN (SELECT task_id FROM its_workers)
       OR task_id IN (SELECT value FROM json_each(:#idleTaskIds))
), its_sessions AS (
    SELECT session_id FROM its_workers
    UNION
    SELECT session_id FROM its_tasks
    UNION
    SELECT session_id FROM events WHERE event_id IN (SELECT value FROM json_each(:#eventIds))
    UNION
    SELECT value FROM json_each(:#idleSessionIds)
)
SELECT (SELECT json_group_array(worker_id) FROM its_workers) AS worker_ids,
       (SELECT json_group_array(task_id) FROM its_tasks) AS task_ids,
       (SELECT json_group_array(session_id) FROM its_sessions) AS session_ids
