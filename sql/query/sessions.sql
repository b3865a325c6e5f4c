-- The runs of the coordinator, the newest first.
-- Parameters, each optional: since, until (UTC text; of its start), session, limit.
-- Rows: one a session. Used by: ./tac8 sessions
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
    SELECT w.session_id, ac.estimated_cost_usd
    FROM chosen
    CROSS JOIN workers AS w ON w.session_id = chosen.session_id
    CROSS JOIN api_calls AS ac ON ac.worker_id = w.worker_id
), costs AS MATERIALIZED (
    SELECT session_id, sum(estimated_cost_usd) AS cost_usd, count(*) - count(estimated_cost_usd) AS calls_without_cost
    FROM calls
    GROUP BY session_id
)
SELECT session_id, started_at, ended_at, (julianday(ended_at) - julianday(started_at)) * 24 * 60 AS minutes, exit_reason, git_commit,
       (SELECT count(*) FROM tasks AS t WHERE t.session_id = chosen.session_id) AS tasks,
       (SELECT count(*) FROM workers AS w WHERE w.session_id = chosen.session_id) AS workers,
       cost_usd, ifnull(calls_without_cost, 0) AS calls_without_cost
FROM chosen
LEFT JOIN costs USING (session_id)
ORDER BY started_at DESC, session_id
