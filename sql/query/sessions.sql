-- Lists the runs of the coordinator, the newest first.
--
-- Example: ./tac8 sessions
-- Example: ./tac8 sessions --last 7d --json
-- Option --limit N, else the newest 1000: The most to list; ${DEFAULT-VALUE} if none is given.
-- Parameters: session
-- Period: sessions started
-- Shows: session_id, started_at, ended_at, minutes, exit_reason, git_commit, tasks, workers, cost_usd, calls_without_cost
-- Nothing: There is no [such] session [in that time] [yet].
--
-- cost_usd is of all calls that name the session, and of those that name none but are of its workers; reused_workers are those of whom
-- another session is on record.
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH chosen AS MATERIALIZED (
    SELECT * FROM sessions
    WHERE session_id <> 'unknown'
      AND session_id = :session -- if session
      AND started_at >= :since -- if since
      AND started_at < :until -- if until
    ORDER BY started_at DESC, session_id
    LIMIT :limit -- if limit
), calls AS MATERIALIZED (
    SELECT chosen.session_id, ac.worker_id, ac.estimated_cost_usd, ac.cost_source
    FROM chosen
    CROSS JOIN api_calls AS ac ON ac.own_session_id = chosen.session_id
    UNION ALL
    SELECT chosen.session_id, ac.worker_id, ac.estimated_cost_usd, ac.cost_source
    FROM chosen
    CROSS JOIN workers AS w ON w.session_id = chosen.session_id
    CROSS JOIN api_calls AS ac ON ac.own_session_id IS NULL AND ac.worker_id = w.worker_id
), its_workers AS MATERIALIZED (
    SELECT session_id, worker_id, sum(estimated_cost_usd) AS cost_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
           count(*) - count(estimated_cost_usd) AS calls_without_cost
    FROM calls
    GROUP BY session_id, worker_id
    UNION ALL
    SELECT chosen.session_id, w.worker_id, NULL, NULL, NULL, 0 FROM chosen CROSS JOIN workers AS w ON w.session_id = chosen.session_id
), crews AS MATERIALIZED (
    SELECT i.session_id, count(DISTINCT i.worker_id) AS workers,
           count(DISTINCT i.worker_id) FILTER (WHERE w.session_id <> i.session_id) AS reused_workers,
           sum(cost_usd) AS cost_usd, sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd,
           sum(calls_without_cost) AS calls_without_cost
    FROM its_workers AS i
    CROSS JOIN workers AS w ON w.worker_id = i.worker_id
    GROUP BY i.session_id
)
SELECT session_id, started_at, ended_at, (julianday(ended_at) - julianday(started_at)) * 24 * 60 AS minutes, exit_reason, git_commit,
       (SELECT count(*) FROM tasks AS t WHERE t.session_id = chosen.session_id) AS tasks,
       ifnull(workers, 0) AS workers, cost_usd, reported_usd, calculated_usd,
       ifnull(calls_without_cost, 0) AS calls_without_cost,
       ifnull(reused_workers, 0) AS reused_workers
FROM chosen
LEFT JOIN crews USING (session_id)
ORDER BY started_at DESC, session_id
