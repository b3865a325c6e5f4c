-- The workers of a task in order of time: how each ended, how long it took, what it cost in this task.
-- A worker's row holds one task only. If the id stands for another one as well, the calls of this task tell when it worked on it; how it
-- ended is on record for the task of its row alone, and is null here if that is another one. A call that names another session than the row
-- and no task counts for the row's task, as nothing else is known of it, and makes the id a reused one.
-- Parameters: task. Rows: one a worker; task_id is that of its row. Used by: ./tac8 task
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH calls AS MATERIALIZED (
    SELECT worker_id, own_session_id AS session_id, timestamp, success, tokens_total, estimated_cost_usd, cost_source
    FROM api_calls WHERE own_task_id = :task
    UNION ALL
    SELECT ac.worker_id, NULL, ac.timestamp, ac.success, ac.tokens_total, ac.estimated_cost_usd, ac.cost_source
    FROM workers AS w
    CROSS JOIN api_calls AS ac ON ac.own_task_id IS NULL AND ac.worker_id = w.worker_id
    WHERE w.task_id = :task
), costs AS MATERIALIZED (
    SELECT worker_id, max(session_id) AS session_id, min(timestamp) AS first_call, count(*) AS calls,
           count(*) FILTER (WHERE success = 0) AS failed_calls, sum(tokens_total) AS tokens_total, sum(estimated_cost_usd) AS cost_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
           count(*) - count(estimated_cost_usd) AS calls_without_cost
    FROM calls
    GROUP BY worker_id
), its_workers AS MATERIALIZED (
    SELECT worker_id FROM costs
    UNION
    SELECT worker_id FROM workers WHERE task_id = :task
), attempts AS MATERIALIZED (
    SELECT w.*, w.task_id = :task AS is_its_own,
           w.task_id <> :task
           OR EXISTS (SELECT 1 FROM api_calls AS ac
                      WHERE ac.worker_id = w.worker_id AND (ac.own_task_id <> :task OR ac.own_session_id <> w.session_id))
           AS is_reused
    FROM its_workers
    CROSS JOIN workers AS w ON w.worker_id = its_workers.worker_id
)
SELECT worker_id, iif(is_its_own, status, NULL) AS status, iif(is_its_own, exit_code, NULL) AS exit_code, attempts.task_id,
       ifnull(costs.session_id, attempts.session_id) AS session_id, iif(is_reused, first_call, spawned_at) AS spawned_at,
       iif(is_its_own, completed_at, NULL) AS completed_at,
       iif(is_reused, NULL, (julianday(completed_at) - julianday(spawned_at)) * 24 * 60) AS minutes, iif(is_reused, NULL, pid) AS pid,
       ifnull(calls, 0) AS calls, ifnull(failed_calls, 0) AS failed_calls, tokens_total, cost_usd, reported_usd, calculated_usd,
       ifnull(calls_without_cost, 0) AS calls_without_cost, iif(is_its_own, log_file, NULL) AS log_file, is_reused
FROM attempts
LEFT JOIN costs USING (worker_id)
ORDER BY 6, worker_id
