-- Which rows of a chunk still leave: a row may have got another time since it was chosen, and something may hang on it again. With this
-- statement the transaction begins that keeps every other writer out of the active store until they have left.
-- Parameters: leaving, the chunk; turn, a row of due.sql. Rows: one; JSON arrays of what is copied and what leaves, and how many rows of
-- each table leave. Used by: the route archive-chunk, on the external store.
WITH still_events AS (
    SELECT json_group_array(event_id) AS ids, count(*) AS row_count
    FROM events
    WHERE event_id IN (SELECT value FROM json_each(:#${variable.leaving[events]}))
      AND timestamp >= :#${variable.turn[month]} AND timestamp < :#${variable.turn[until]}
), still_calls AS (
    SELECT json_group_array(call_id) AS ids, count(*) AS row_count
    FROM api_calls
    WHERE call_id IN (SELECT value FROM json_each(:#${variable.leaving[api_calls]}))
      AND timestamp >= :#${variable.turn[month]} AND timestamp < :#${variable.turn[until]}
), still_workers AS (
    SELECT json_group_array(worker_id) AS ids, count(*) AS row_count
    FROM workers
    WHERE worker_id IN (SELECT value FROM json_each(:#${variable.leaving[leaving_workers]}))
      AND worker_id IN (SELECT value FROM json_each(:#${variable.leaving[workers]}))
      AND NOT EXISTS (SELECT 1 FROM api_calls WHERE api_calls.worker_id = workers.worker_id)
), still_tasks AS (
    SELECT json_group_array(task_id) AS ids, count(*) AS row_count
    FROM tasks
    WHERE task_id IN (SELECT value FROM json_each(:#${variable.leaving[leaving_tasks]}))
      AND task_id IN (SELECT value FROM json_each(:#${variable.leaving[tasks]}))
      AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.task_id = tasks.task_id)
), still_sessions AS (
    SELECT json_group_array(session_id) AS ids, count(*) AS row_count
    FROM sessions
    WHERE session_id IN (SELECT value FROM json_each(:#${variable.leaving[leaving_sessions]}))
      AND session_id IN (SELECT value FROM json_each(:#${variable.leaving[sessions]}))
      AND NOT EXISTS (SELECT 1 FROM events WHERE events.session_id = sessions.session_id)
      AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.session_id = sessions.session_id)
      AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.session_id = sessions.session_id)
)
SELECT e.ids AS events, c.ids AS api_calls, :#${variable.leaving[workers]} AS workers, :#${variable.leaving[tasks]} AS tasks,
       :#${variable.leaving[sessions]} AS sessions,
       w.ids AS leaving_workers, t.ids AS leaving_tasks, s.ids AS leaving_sessions,
       e.row_count AS event_count, c.row_count AS api_call_count, w.row_count AS worker_count, t.row_count AS task_count,
       s.row_count AS session_count
FROM still_events AS e, still_calls AS c, still_workers AS w, still_tasks AS t, still_sessions AS s
