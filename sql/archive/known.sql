-- What the archive of a month knows otherwise of rows that are about to be copied into it, and the workers, tasks and sessions that this
-- hangs on there.
-- Parameters: leaving, with a JSON array of ids a table. Rows: one; the same for the archive's own ids, and how many rows that is.
-- Used by: the routes archive-meet and archive-name, on an archive.
WITH known_events AS MATERIALIZED (
    SELECT here.event_id, here.session_id
    FROM active.events AS there
    CROSS JOIN events AS here ON here.record_id = there.record_id
    WHERE there.event_id IN (SELECT value FROM json_each(:#${variable.leaving[events]}))
      AND (here.$columns(events)) IS NOT (there.$columns(events))
), known_calls AS MATERIALIZED (
    SELECT here.call_id, here.worker_id
    FROM active.api_calls AS there
    CROSS JOIN api_calls AS here ON here.record_id = there.record_id
    WHERE there.call_id IN (SELECT value FROM json_each(:#${variable.leaving[api_calls]}))
      AND (here.$columns(api_calls)) IS NOT (there.$columns(api_calls))
), known_workers AS MATERIALIZED (
    SELECT here.worker_id, here.task_id, here.session_id
    FROM workers AS here
    LEFT JOIN active.workers AS there USING (worker_id)
    WHERE worker_id IN (SELECT worker_id FROM known_calls)
       OR worker_id IN (SELECT value FROM json_each(:#${variable.leaving[workers]}))
          AND (here.$columns(workers)) IS NOT (there.$columns(workers))
), known_tasks AS MATERIALIZED (
    SELECT here.task_id, here.session_id
    FROM tasks AS here
    LEFT JOIN active.tasks AS there USING (task_id)
    WHERE task_id IN (SELECT task_id FROM known_workers)
       OR task_id IN (SELECT value FROM json_each(:#${variable.leaving[tasks]})) AND (here.$columns(tasks)) IS NOT (there.$columns(tasks))
), known_sessions AS MATERIALIZED (
    SELECT here.session_id
    FROM sessions AS here
    LEFT JOIN active.sessions AS there USING (session_id)
    WHERE session_id IN (SELECT session_id FROM known_events UNION SELECT session_id FROM known_workers
                         UNION SELECT session_id FROM known_tasks)
       OR session_id IN (SELECT value FROM json_each(:#${variable.leaving[sessions]}))
          AND (here.$columns(sessions)) IS NOT (there.$columns(sessions))
)
SELECT (SELECT json_group_array(event_id) FROM known_events) AS events,
       (SELECT json_group_array(call_id) FROM known_calls) AS api_calls,
       (SELECT json_group_array(worker_id) FROM known_workers) AS workers,
       (SELECT json_group_array(task_id) FROM known_tasks) AS tasks,
       (SELECT json_group_array(session_id) FROM known_sessions) AS sessions,
       (SELECT count(*) FROM known_events) + (SELECT count(*) FROM known_calls) + (SELECT count(*) FROM known_workers)
       + (SELECT count(*) FROM known_tasks) + (SELECT count(*) FROM known_sessions) AS row_count
