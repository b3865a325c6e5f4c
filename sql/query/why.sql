-- The story of a task in order of time: what triggered it, what was decided and why, each worker with its calls and cost, what
-- went wrong, what came out.
-- Its events are those whose context is the task or one of its workers, and its triggers, which triggers.sql finds.
-- What joins calls or events is materialized, so that over two stores each is asked by its index.
-- Parameters: task; optional: triggers, a JSON array of [record_id, sure].
-- Rows: one a thing that happened; minutes, calls and cost_usd at the end of a worker. Used by: ./tac8 why
WITH task AS (
    SELECT * FROM tasks WHERE task_id = :task
), calls AS MATERIALIZED (
    SELECT ac.worker_id, ac.estimated_cost_usd
    FROM workers AS w
    CROSS JOIN api_calls AS ac ON ac.worker_id = w.worker_id
    WHERE w.task_id = :task
), costs AS MATERIALIZED (
    SELECT worker_id, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd
    FROM calls
    GROUP BY worker_id
), attempts AS MATERIALIZED (
    SELECT w.*, row_number() OVER (ORDER BY spawned_at, worker_id) AS attempt, ifnull(calls, 0) AS calls, cost_usd
    FROM workers AS w
    LEFT JOIN costs USING (worker_id)
    WHERE task_id = :task
), of_workers AS MATERIALIZED (
    SELECT e.record_id
    FROM attempts
    CROSS JOIN events AS e ON e.context_id = attempts.worker_id
), its_ids AS MATERIALIZED (
    SELECT record_id FROM events WHERE context_id = :task
    UNION
    SELECT record_id FROM of_workers
    UNION SELECT value ->> 0 FROM json_each(:triggers) -- if triggers
), its_events AS MATERIALIZED (
    SELECT e.*
    FROM its_ids
    CROSS JOIN events AS e ON e.record_id = its_ids.record_id
)
SELECT timestamp, what, worker_id, story, severity, minutes, calls, cost_usd
FROM (
    SELECT detected_at AS timestamp, 2 AS step, 'detected' AS what, NULL AS worker_id, title AS story, NULL AS severity,
           NULL AS minutes, NULL AS calls, NULL AS cost_usd
    FROM task
    UNION ALL
    SELECT started_at, 3, 'active', NULL, 'the task is being worked on', NULL, NULL, NULL, NULL
    FROM task WHERE started_at IS NOT NULL
    UNION ALL
    SELECT spawned_at, 4, 'spawned', worker_id, 'attempt ' || attempt, NULL, NULL, NULL, NULL
    FROM attempts
    UNION ALL
    SELECT timestamp, CASE event_type WHEN 'trigger' THEN 1 ELSE 5 END, event_type,
           CASE WHEN context_id <> :task AND context_id IN (SELECT worker_id FROM attempts) THEN context_id END,
           message || ifnull(' (' || nullif((SELECT group_concat(key || ' ' || value, ', ') FROM json_each(details)), '') || ')', '')
           || CASE WHEN record_id IN (SELECT value ->> 0 FROM json_each(:triggers) WHERE NOT value ->> 1) -- if triggers
                   THEN ' - perhaps of another task' ELSE '' END -- if triggers
           ,
           severity, NULL, NULL, NULL
    FROM its_events
    UNION ALL
    SELECT completed_at, 6, status, worker_id,
           'attempt ' || attempt || ' ended' || ifnull(' with exit code ' || exit_code, ''), NULL,
           (julianday(completed_at) - julianday(spawned_at)) * 24 * 60, calls, cost_usd
    FROM attempts WHERE completed_at IS NOT NULL
    UNION ALL
    SELECT NULL, 7, status, worker_id, 'attempt ' || attempt || ' has not ended', NULL, NULL, calls, cost_usd
    FROM attempts WHERE completed_at IS NULL AND calls > 0
    UNION ALL
    SELECT completed_at, 8, 'completed', NULL, 'the task is completed' || ifnull(', pull request ' || pr_number, ''), NULL,
           NULL, NULL, NULL
    FROM task WHERE completed_at IS NOT NULL
    UNION ALL
    SELECT failed_at, 8, 'failed', NULL, 'the task has failed', NULL, NULL, NULL, NULL
    FROM task WHERE failed_at IS NOT NULL
)
ORDER BY timestamp IS NULL, timestamp, step, worker_id
