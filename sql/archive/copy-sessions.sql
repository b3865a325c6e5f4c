-- Copies sessions of the active store into the archive of a month. What the archive knew otherwise the active store has learned before:
-- see known-*.sql.
-- Parameters: sessionIds, a JSON array. Used by: the route archive-copy, on an archive.
INSERT INTO sessions (session_id, started_at, ended_at, git_commit, exit_reason, config)
SELECT session_id, started_at, ended_at, git_commit, exit_reason, config
FROM active.sessions
WHERE session_id IN (SELECT value FROM json_each(:#sessionIds))
ON CONFLICT (session_id) DO UPDATE SET
    (started_at, ended_at, git_commit, exit_reason, config) =
    (excluded.started_at, excluded.ended_at, excluded.git_commit, excluded.exit_reason, excluded.config)
WHERE (sessions.started_at, sessions.ended_at, sessions.git_commit, sessions.exit_reason, sessions.config)
   IS NOT (excluded.started_at, excluded.ended_at, excluded.git_commit, excluded.exit_reason, excluded.config)
