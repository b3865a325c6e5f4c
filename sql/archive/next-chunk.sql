-- The next rows of a month that leave the active store, and the workers, tasks and sessions that they hang on, which go along. Events
-- and API calls leave by their own time and before the others; a worker, a task and a session once nothing hangs on them any more and
-- all their times are old. Of large rows only as many as a transaction writes in a moment: some MiB, or one. Events are read session by
-- session, because the index on (session_id, timestamp) is the one that finds old ones.
-- Parameters: turn, a row of due.sql; before; newest, the row of newest.sql, as what comes during a run does not belong to it; and the
-- most rows of a table. Rows: one; JSON arrays of what is copied and what leaves, and how many rows leave.
-- Used by: the route archive-meet, on the external store.
WITH next_events AS MATERIALIZED (
    SELECT event_id, session_id
    FROM (SELECT event_id, session_id, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
          FROM (SELECT e.event_id, e.session_id, octet_length(e.message) + ifnull(octet_length(e.details), 0) AS bytes
                FROM sessions AS s
                CROSS JOIN events AS e ON e.session_id = s.session_id AND e.timestamp >= :#${variable.turn[month]}
                                             AND e.timestamp < :#${variable.turn[until]}
                                             AND e.event_id <= :#${variable.newest[last_event_id]}
                LIMIT iif(:#${variable.turn[name]} IN ('events', 'api_calls'), :#${variable.run.mostRows}, 0)))
    WHERE bytes_before < 16777216
), next_calls AS MATERIALIZED (
    SELECT call_id, worker_id
    FROM api_calls
    WHERE timestamp >= :#${variable.turn[month]} AND timestamp < :#${variable.turn[until]}
      AND call_id <= :#${variable.newest[last_call_id]}
    ORDER BY timestamp
    LIMIT iif(:#${variable.turn[name]} IN ('events', 'api_calls'), :#${variable.run.mostRows}, 0)
), next_workers AS MATERIALIZED (
    SELECT worker_id
    FROM workers AS idle
    WHERE spawned_at >= :#${variable.turn[month]} AND spawned_at < :#${variable.turn[until]}
      AND ifnull(completed_at, '') < :#before
      AND NOT EXISTS (SELECT 1 FROM api_calls WHERE worker_id = idle.worker_id)
    LIMIT iif(:#${variable.turn[name]} = 'workers', :#${variable.run.mostRows}, 0)
), next_tasks AS MATERIALIZED (
    SELECT task_id
    FROM tasks AS idle
    WHERE task_id <> 'unknown'
      AND detected_at >= :#${variable.turn[month]} AND detected_at < :#${variable.turn[until]}
      AND ifnull(started_at, '') < :#before AND ifnull(completed_at, '') < :#before AND ifnull(failed_at, '') < :#before
      AND NOT EXISTS (SELECT 1 FROM workers WHERE task_id = idle.task_id)
    LIMIT iif(:#${variable.turn[name]} = 'tasks', :#${variable.run.mostRows}, 0)
), next_sessions AS MATERIALIZED (
    SELECT session_id
    FROM (SELECT session_id, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
          FROM (SELECT session_id, ifnull(octet_length(config), 0) AS bytes
                FROM sessions AS idle
                WHERE session_id <> 'unknown'
                  AND started_at >= :#${variable.turn[month]} AND started_at < :#${variable.turn[until]}
                  AND ifnull(ended_at, '') < :#before
                  AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = idle.session_id)
                  AND NOT EXISTS (SELECT 1 FROM workers WHERE session_id = idle.session_id)
                  AND NOT EXISTS (SELECT 1 FROM tasks WHERE session_id = idle.session_id)
                LIMIT iif(:#${variable.turn[name]} = 'sessions', :#${variable.run.mostRows}, 0)))
    WHERE bytes_before < 16777216
), its_workers AS MATERIALIZED (
    SELECT worker_id, task_id, session_id
    FROM workers
    WHERE worker_id IN (SELECT worker_id FROM next_calls UNION SELECT worker_id FROM next_workers)
), its_tasks AS MATERIALIZED (
    SELECT task_id, session_id
    FROM tasks
    WHERE task_id IN (SELECT task_id FROM its_workers UNION SELECT task_id FROM next_tasks)
), its_sessions AS (
    SELECT session_id FROM its_workers
    UNION
    SELECT session_id FROM its_tasks
    UNION
    SELECT session_id FROM next_events
    UNION
    SELECT session_id FROM next_sessions
)
SELECT (SELECT json_group_array(event_id) FROM next_events) AS events,
       (SELECT json_group_array(call_id) FROM next_calls) AS api_calls,
       (SELECT json_group_array(worker_id) FROM its_workers) AS workers,
       (SELECT json_group_array(task_id) FROM its_tasks) AS tasks,
       (SELECT json_group_array(session_id) FROM its_sessions) AS sessions,
       (SELECT json_group_array(worker_id) FROM next_workers) AS leaving_workers,
       (SELECT json_group_array(task_id) FROM next_tasks) AS leaving_tasks,
       (SELECT json_group_array(session_id) FROM next_sessions) AS leaving_sessions,
       (SELECT count(*) FROM next_events) + (SELECT count(*) FROM next_calls) + (SELECT count(*) FROM next_workers)
       + (SELECT count(*) FROM next_tasks) + (SELECT count(*) FROM next_sessions) AS row_count
