-- The next rows to bring home, oldest arrivals first, except those that the external store refuses: rows of the table whose turn it is, and
-- the workers, tasks and sessions that they hang on. Of large rows only as many as fit in memory several times: some MiB, or one.
-- Parameters: turn, as next-turn.sql says it; the most rows of a table; and the refused ones, a JSON array.
-- Rows: one; for each table a JSON array of the $key of its rows.
-- Used by: the route bring-home, on the local store.
WITH refused AS MATERIALIZED (
    SELECT value AS row FROM json_each(:#${variable.round.refused})
), next_events AS MATERIALIZED (
    SELECT record_id, session_id
    FROM (SELECT record_id, session_id, sum(bytes) OVER (ORDER BY event_id) - bytes AS bytes_before
          FROM (SELECT event_id, record_id, session_id, octet_length(message) + ifnull(octet_length(details), 0) AS bytes
                FROM events
                WHERE 'event ' || record_id NOT IN (SELECT row FROM refused)
                ORDER BY event_id
                LIMIT iif(:#${variable.turn} = 'events', :#${variable.round.mostRows}, 0)))
    WHERE bytes_before < 4194304
), next_calls AS MATERIALIZED (
    SELECT record_id, worker_id
    FROM api_calls
    WHERE 'api_call ' || record_id NOT IN (SELECT row FROM refused)
    ORDER BY call_id
    LIMIT iif(:#${variable.turn} = 'api_calls', :#${variable.round.mostRows}, 0)
), idle_workers AS MATERIALIZED (
    SELECT worker_id
    FROM workers AS idle
    WHERE NOT EXISTS (SELECT 1 FROM api_calls WHERE worker_id = idle.worker_id)
      AND 'worker ' || worker_id NOT IN (SELECT row FROM refused)
    LIMIT iif(:#${variable.turn} = 'workers', :#${variable.round.mostRows}, 0)
), next_workers AS MATERIALIZED (
    SELECT worker_id, task_id, session_id
    FROM workers
    WHERE worker_id IN (SELECT worker_id FROM next_calls UNION SELECT worker_id FROM idle_workers)
), idle_tasks AS MATERIALIZED (
    SELECT task_id
    FROM tasks AS idle
    WHERE NOT EXISTS (SELECT 1 FROM workers WHERE task_id = idle.task_id)
      AND 'task ' || task_id NOT IN (SELECT row FROM refused)
    LIMIT iif(:#${variable.turn} = 'tasks', :#${variable.round.mostRows}, 0)
), next_tasks AS MATERIALIZED (
    SELECT task_id, session_id
    FROM tasks
    WHERE task_id IN (SELECT task_id FROM next_workers UNION SELECT task_id FROM idle_tasks)
), idle_sessions AS MATERIALIZED (
    SELECT session_id
    FROM (SELECT session_id, sum(bytes) OVER (ORDER BY session_id) - bytes AS bytes_before
          FROM (SELECT session_id, ifnull(octet_length(config), 0) AS bytes
                FROM sessions AS idle
                WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE session_id = idle.session_id)
                  AND NOT EXISTS (SELECT 1 FROM workers WHERE session_id = idle.session_id)
                  AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = idle.session_id)
                  AND 'session ' || session_id NOT IN (SELECT row FROM refused)
                ORDER BY session_id
                LIMIT iif(:#${variable.turn} = 'sessions', :#${variable.round.mostRows}, 0)))
    WHERE bytes_before < 4194304
), next_sessions AS (
    SELECT session_id FROM next_events
    UNION
    SELECT session_id FROM next_workers
    UNION
    SELECT session_id FROM next_tasks
    UNION
    SELECT session_id FROM idle_sessions
)
SELECT (SELECT json_group_array(record_id) FROM next_events) AS events,
       (SELECT json_group_array(record_id) FROM next_calls) AS api_calls,
       (SELECT json_group_array(worker_id) FROM next_workers) AS workers,
       (SELECT json_group_array(task_id) FROM next_tasks) AS tasks,
       (SELECT json_group_array(session_id) FROM next_sessions) AS sessions
