-- The story of a task in order of time: what triggered it, what was decided and why, each worker with its calls and cost, what
-- went wrong, what came out.
-- Its workers are those of its row and those whose calls name it. An id that stands for another task or session as well takes part
-- in the story only with its first and last call, and with its events in the sessions of these.
-- Its events are those whose context is the task or one of its workers (of equal ids the context's type tells which), and its triggers,
-- which triggers.sql finds.
-- What joins calls or events is materialized, so that over two stores each is asked by its index. Its workers are found first and kept: over
-- years of archives SQLite would else compile the calls of all stores anew for the events of each.
-- Parameters: task; optional: triggers, a JSON array of [record_id, sure].
-- Rows: one a thing that happened; minutes, calls, cost_usd and calls_without_cost at the end of a worker. Used by: ./tac8 why
WITH task AS (
    SELECT * FROM tasks WHERE task_id = :task
), calls AS MATERIALIZED (
    SELECT ac.worker_id, ac.own_session_id AS session_id, ac.timestamp, ac.estimated_cost_usd, 1 AS is_its_own, 1 AS is_of_others
    FROM api_calls AS ac
    CROSS JOIN workers AS w ON w.worker_id = ac.worker_id AND w.task_id <> :task
    WHERE ac.own_task_id = :task
    UNION ALL
    SELECT ac.worker_id, ifnull(ac.own_session_id, w.session_id), ac.timestamp, ac.estimated_cost_usd, ifnull(ac.own_task_id, :task) = :task,
           ifnull(ac.own_task_id <> :task OR ac.own_session_id <> w.session_id, 0)
    FROM workers AS w
    CROSS JOIN api_calls AS ac ON ac.worker_id = w.worker_id
    WHERE w.task_id = :task
), costs AS MATERIALIZED (
    SELECT worker_id, min(timestamp) FILTER (WHERE is_its_own) AS first_call, max(timestamp) FILTER (WHERE is_its_own) AS last_call,
           count(*) FILTER (WHERE is_its_own) AS calls, sum(is_of_others) AS other_calls,
           sum(estimated_cost_usd) FILTER (WHERE is_its_own) AS cost_usd,
           count(*) FILTER (WHERE is_its_own AND estimated_cost_usd IS NULL) AS calls_without_cost,
           json_group_array(DISTINCT session_id) FILTER (WHERE is_its_own) AS sessions
    FROM calls
    GROUP BY worker_id
), known AS MATERIALIZED (
    SELECT w.*, w.task_id = :task AS is_its_own, first_call, last_call, ifnull(calls, 0) AS calls, cost_usd, calls_without_cost, sessions,
           w.task_id <> :task OR ifnull(other_calls, 0) > 0 AS is_reused
    FROM (SELECT worker_id, first_call, last_call, calls, other_calls, cost_usd, calls_without_cost, sessions
          FROM costs
          FULL JOIN (SELECT worker_id FROM workers WHERE task_id = :task) USING (worker_id)) AS its
    CROSS JOIN workers AS w ON w.worker_id = its.worker_id
), attempts AS MATERIALIZED ( -- found first
    SELECT *, row_number() OVER (ORDER BY iif(is_reused, first_call, spawned_at), worker_id) AS attempt
    FROM known
) -- and kept
, of_task AS MATERIALIZED (
    SELECT * FROM events WHERE context_id = :task AND ifnull(context_type, '') <> 'worker'
), of_workers AS MATERIALIZED (
    SELECT e.*
    FROM attempts
    CROSS JOIN events AS e ON e.context_id = attempts.worker_id
    WHERE ifnull(e.context_type, '') <> 'task'
      AND (NOT is_reused OR is_its_own AND e.session_id = attempts.session_id
           OR e.session_id IN (SELECT value FROM json_each(sessions)))
), triggers AS MATERIALIZED ( -- if triggers
    SELECT e.* -- if triggers
    FROM json_each(:triggers) -- if triggers
    CROSS JOIN events AS e ON e.record_id = value ->> 0 -- if triggers
), its_events AS (
    SELECT * FROM of_task
    UNION SELECT * FROM of_workers
    UNION SELECT * FROM triggers -- if triggers
)
SELECT timestamp, what, worker_id, story, severity, minutes, calls, cost_usd, calls_without_cost
FROM (
    SELECT detected_at AS timestamp, 2 AS step, 'detected' AS what, NULL AS worker_id, title AS story, NULL AS severity,
           NULL AS minutes, NULL AS calls, NULL AS cost_usd, NULL AS calls_without_cost, NULL AS record_id
    FROM task
    UNION ALL
    SELECT started_at, 3, 'active', NULL, 'the task is being worked on', NULL, NULL, NULL, NULL, NULL, NULL
    FROM task WHERE started_at IS NOT NULL
    UNION ALL
    SELECT CASE WHEN line.step = 6 THEN iif(is_its_own, completed_at, last_call) ELSE iif(is_reused, first_call, spawned_at) END, line.step,
           CASE WHEN line.step = 6 THEN iif(is_its_own, status, 'last call') ELSE iif(is_reused, 'first call', 'spawned') END, worker_id,
           'attempt ' || attempt
           || CASE WHEN line.step = 4 THEN ''
                   WHEN NOT is_its_own
                   THEN ': how it ended is not known, as the end of ' || worker_id || ' on record is of task ' || task_id
                   WHEN completed_at IS NULL THEN ' has not ended'
                   ELSE ' ended' || ifnull(' with exit code ' || exit_code, '') END,
           NULL,
           CASE WHEN line.step = 6 AND NOT is_reused THEN (julianday(completed_at) - julianday(spawned_at)) * 24 * 60 END,
           iif(line.step = 6, calls, NULL), iif(line.step = 6, cost_usd, NULL),
           iif(line.step = 6, calls_without_cost, NULL), NULL
    FROM attempts
    CROSS JOIN (SELECT 4 AS step UNION ALL SELECT 6) AS line
    WHERE CASE line.step WHEN 4 THEN NOT is_reused OR first_call IS NOT NULL
                         ELSE NOT is_its_own OR completed_at IS NOT NULL OR calls > 0 END
    UNION ALL
    SELECT timestamp, CASE event_type WHEN 'trigger' THEN 1 ELSE 5 END, event_type,
           CASE WHEN context_id <> :task AND (context_type = 'worker' OR context_id IN (SELECT worker_id FROM workers)) THEN context_id END,
           message || ifnull(' (' || nullif((SELECT group_concat(key || ' ' || value, ', ') FROM json_each(details)), '') || ')', '')
           || CASE WHEN record_id IN (SELECT value ->> 0 FROM json_each(:triggers) WHERE NOT value ->> 1) -- if triggers
                   THEN ' - perhaps of another task' ELSE '' END -- if triggers
           ,
           severity, NULL, NULL, NULL, NULL, record_id
    FROM its_events
    UNION ALL
    SELECT completed_at, 8, 'completed', NULL, 'the task is completed' || ifnull(', pull request ' || pr_number, ''), NULL,
           NULL, NULL, NULL, NULL, NULL
    FROM task WHERE completed_at IS NOT NULL
    UNION ALL
    SELECT failed_at, 8, 'failed', NULL, 'the task has failed', NULL, NULL, NULL, NULL, NULL, NULL
    FROM task WHERE failed_at IS NOT NULL
)
ORDER BY timestamp IS NULL, timestamp, step, worker_id, record_id
