-- Lists the workers, the newest first: how each ended, how long it took, what it cost.
--
-- Example: ./tac8 workers --status failed --last 7d
-- Example: ./tac8 workers --task gh-450
-- Option --status STATUS, one of spawned, completed, failed: Only those that are ${COMPLETION-CANDIDATES}.
-- Option --task ID: Only those of a task.
-- Option --session ID: Only those of a session.
-- Option --limit N, else the newest 1000: The most to list; ${DEFAULT-VALUE} if none is given.
-- Parameters: worker, log_files
-- Period: anything
-- About: task, session
-- Shows: worker_id, status, task_id, spawned_at, minutes, exit_code, calls, failed_calls, tokens_total, cost_usd
-- Nothing: There is no [such] worker [in that time] [yet].
--
-- The time is that of the worker's start. minutes is null if its id stands for several tasks, as it is not known then when the last one's was spawned.
-- ./tac8 worker asks for one by :worker, and by :log_files, a JSON array, for all that write into a file, which come in order of time.
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH chosen AS MATERIALIZED (
    SELECT * FROM workers
    WHERE 1
      AND worker_id <> 'unknown' -- if limit
      AND worker_id = :worker -- if worker
      AND log_file IN (SELECT value FROM json_each(:log_files)) -- if log_files
      AND status = :status -- if status
      AND task_id = :task -- if task
      AND session_id = :session -- if session
      AND spawned_at >= :since -- if since
      AND spawned_at < :until -- if until
    ORDER BY spawned_at DESC, worker_id -- if limit
    LIMIT :limit -- if limit
), calls AS MATERIALIZED (
    SELECT ac.worker_id, ac.success, ac.tokens_total, ac.estimated_cost_usd, ac.cost_source,
           ac.own_task_id <> chosen.task_id AS is_of_another
    FROM chosen
    CROSS JOIN api_calls AS ac ON ac.worker_id = chosen.worker_id
), costs AS MATERIALIZED (
    SELECT worker_id, count(*) AS calls, count(*) FILTER (WHERE success = 0) AS failed_calls, sum(tokens_total) AS tokens_total,
           sum(estimated_cost_usd) AS cost_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd, count(*) - count(estimated_cost_usd) AS calls_without_cost,
           count(*) FILTER (WHERE is_of_another) AS calls_of_others
    FROM calls
    GROUP BY worker_id
)
SELECT worker_id, status, exit_code, task_id, session_id, spawned_at, completed_at,
       CASE WHEN ifnull(calls_of_others, 0) = 0 THEN (julianday(completed_at) - julianday(spawned_at)) * 24 * 60 END AS minutes, pid,
       ifnull(calls, 0) AS calls, ifnull(failed_calls, 0) AS failed_calls, tokens_total, cost_usd, reported_usd, calculated_usd,
       ifnull(calls_without_cost, 0) AS calls_without_cost, log_file
FROM chosen
LEFT JOIN costs USING (worker_id)
ORDER BY
    spawned_at, -- if log_files
    spawned_at DESC, worker_id
