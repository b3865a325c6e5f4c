-- How many rows are due to be archived, by table and month: events and API calls by their own time, and of the others those whose
-- times are all older and on which nothing younger hangs, by the month of their start.
-- Parameters: before, UTC text; newest, the row of newest.sql, as what comes during a run does not belong to it; run, whose passed-by months
-- are left out. Rows: one a table and month, in the order in which they leave: what hangs on others first, and of each turn the oldest
-- month; turn; until, where the month ends; row_count; and the count of all rows, as a number and in words.
-- Used by: the route archive-due, on the external store, and ./tac8 archive --dry-run.
WITH due_workers AS MATERIALIZED (
    SELECT worker_id, spawned_at
    FROM workers AS due
    WHERE spawned_at < :#before AND ifnull(completed_at, '') < :#before
      AND NOT EXISTS (SELECT 1 FROM api_calls WHERE worker_id = due.worker_id AND timestamp >= :#before)
), due_tasks AS MATERIALIZED (
    SELECT task_id, detected_at
    FROM tasks AS due
    WHERE task_id <> 'unknown'
      AND detected_at < :#before AND ifnull(started_at, '') < :#before AND ifnull(completed_at, '') < :#before
      AND ifnull(failed_at, '') < :#before
      AND NOT EXISTS (SELECT 1 FROM workers WHERE task_id = due.task_id AND worker_id NOT IN (SELECT worker_id FROM due_workers))
), due AS (
    SELECT 1 AS turn, 'events' AS name, substr(timestamp, 1, 7) AS month, count(*) AS row_count
    FROM events
    WHERE timestamp < :#before AND event_id <= :#${variable.newest[events]}
    GROUP BY month
    UNION ALL
    SELECT 1, 'api_calls', substr(timestamp, 1, 7) AS month, count(*)
    FROM api_calls
    WHERE timestamp < :#before AND call_id <= :#${variable.newest[api_calls]}
    GROUP BY month
    UNION ALL
    SELECT 2, 'workers', substr(spawned_at, 1, 7) AS month, count(*)
    FROM due_workers
    GROUP BY month
    UNION ALL
    SELECT 3, 'tasks', substr(detected_at, 1, 7) AS month, count(*)
    FROM due_tasks
    GROUP BY month
    UNION ALL
    SELECT 4, 'sessions', substr(started_at, 1, 7) AS month, count(*)
    FROM sessions AS due
    WHERE session_id <> 'unknown'
      AND started_at < :#before AND ifnull(ended_at, '') < :#before
      AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = due.session_id AND timestamp >= :#before)
      AND NOT EXISTS (SELECT 1 FROM workers WHERE session_id = due.session_id AND worker_id NOT IN (SELECT worker_id FROM due_workers))
      AND NOT EXISTS (SELECT 1 FROM tasks WHERE session_id = due.session_id AND task_id <> 'unknown'
                                                AND task_id NOT IN (SELECT task_id FROM due_tasks))
    GROUP BY month
)
SELECT turn, name, month, min(month || '~', :#before) AS until, row_count, sum(row_count) OVER () AS rows_due,
       format('%,d', sum(row_count) OVER ()) AS rows_due_in_words
FROM due
WHERE month NOT IN (SELECT value FROM json_each(:#${variable.run.passedBy}))
ORDER BY turn, month
