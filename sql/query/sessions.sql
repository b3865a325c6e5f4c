-- The runs of the coordinator, the newest first.
-- Parameters, each optional: since, until (UTC text; of its start), session, limit.
-- Rows: one a session. Used by: ./tac8 sessions
SELECT session_id, started_at, ended_at, (julianday(ended_at) - julianday(started_at)) * 24 * 60 AS minutes, exit_reason, git_commit,
       (SELECT count(*) FROM tasks AS t WHERE t.session_id = s.session_id) AS tasks,
       (SELECT count(*) FROM workers AS w WHERE w.session_id = s.session_id) AS workers,
       (SELECT sum(ac.estimated_cost_usd) FROM workers AS w JOIN api_calls AS ac USING (worker_id)
        WHERE w.session_id = s.session_id) AS cost_usd,
       (SELECT count(*) - count(ac.estimated_cost_usd) FROM workers AS w JOIN api_calls AS ac USING (worker_id)
        WHERE w.session_id = s.session_id) AS calls_without_cost
FROM sessions AS s
WHERE session_id <> 'unknown'
  AND session_id = :session -- if session
  AND started_at >= :since -- if since
  AND started_at < :until -- if until
ORDER BY started_at DESC, session_id
LIMIT :limit -- if limit
