-- Events and API calls of an archive that came again with a time that belongs elsewhere, into another month or into the active store: some
-- of them, of large ones only as many as fit in memory several times: some MiB, or one. With the workers, tasks and sessions that they
-- hang on there.
-- Parameters: month, that of the archive; before, UTC text, up to when archives go. Rows: one; a JSON array of ids a table, and how many
-- events and API calls that is. Used by: the route archive-recall, on an archive.
WITH stray_events AS MATERIALIZED (
    SELECT event_id, session_id
    FROM (SELECT event_id, session_id, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
          FROM (SELECT here.event_id, here.session_id, octet_length(here.message) + ifnull(octet_length(here.details), 0) AS bytes
                FROM events AS here
                CROSS JOIN active.events AS there ON there.record_id = here.record_id
                WHERE there.timestamp >= :#before OR substr(there.timestamp, 1, 7) <> :#month
                LIMIT 1000))
    WHERE bytes_before < 4194304
), stray_calls AS MATERIALIZED (
    SELECT here.call_id, here.worker_id
    FROM api_calls AS here
    CROSS JOIN active.api_calls AS there ON there.record_id = here.record_id
    WHERE there.timestamp >= :#before OR substr(there.timestamp, 1, 7) <> :#month
    LIMIT 1000
), its_workers AS MATERIALIZED (
    SELECT worker_id, task_id, session_id FROM workers WHERE worker_id IN (SELECT worker_id FROM stray_calls)
), its_tasks AS MATERIALIZED (
    SELECT task_id, session_id FROM tasks WHERE task_id IN (SELECT task_id FROM its_workers)
), its_sessions AS (
    SELECT session_id FROM stray_events
    UNION
    SELECT session_id FROM its_workers
    UNION
    SELECT session_id FROM its_tasks
)
SELECT (SELECT json_group_array(event_id) FROM stray_events) AS events,
       (SELECT json_group_array(call_id) FROM stray_calls) AS api_calls,
       (SELECT json_group_array(worker_id) FROM its_workers) AS workers,
       (SELECT json_group_array(task_id) FROM its_tasks) AS tasks,
       (SELECT json_group_array(session_id) FROM its_sessions) AS sessions,
       (SELECT count(*) FROM stray_events) + (SELECT count(*) FROM stray_calls) AS row_count
