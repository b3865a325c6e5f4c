-- Joins a chunk's rows of sessions with each other and with what is stored, by the rules of sql/ingest/join-sessions.sql. Only what
-- changes is written, and locked, and all writers do so in the order of the keys. The rules stand twice: the second time for a
-- row that somebody else has written meanwhile. Both are the same, word for word.
-- Parameters: none; the rows are in new_sessions. Used by: the route write-postgresql.
INSERT INTO sessions AS stored (session_id, started_at, git_commit, config, ended_at, exit_reason)
SELECT *
FROM (
    SELECT session_id,
           min(started_at) AS started_at, COALESCE(max(NULLIF(git_commit, 'unknown')), max(git_commit)) AS git_commit, max(config) AS config,
           max(ended_at) AS ended_at,
           (array_agg(exit_reason ORDER BY ended_at DESC NULLS LAST, exit_reason DESC NULLS LAST))[1] AS exit_reason
    FROM (
        SELECT session_id, started_at, git_commit, config, ended_at, exit_reason FROM new_sessions
        UNION ALL
        SELECT session_id, started_at, git_commit, config, ended_at, exit_reason FROM sessions
        WHERE session_id IN (SELECT session_id FROM new_sessions)) AS known
    GROUP BY session_id) AS joined
WHERE NOT EXISTS (
    SELECT FROM sessions AS same
    WHERE same.session_id = joined.session_id
      AND (same.started_at, same.git_commit, same.config, same.ended_at, same.exit_reason)
          IS NOT DISTINCT FROM (joined.started_at, joined.git_commit, joined.config, joined.ended_at, joined.exit_reason))
ORDER BY session_id
ON CONFLICT (session_id) DO UPDATE SET
    changed_in = excluded.changed_in,
    (started_at, git_commit, config, ended_at, exit_reason) = (
    SELECT
           min(started_at) AS started_at, COALESCE(max(NULLIF(git_commit, 'unknown')), max(git_commit)) AS git_commit, max(config) AS config,
           max(ended_at) AS ended_at,
           (array_agg(exit_reason ORDER BY ended_at DESC NULLS LAST, exit_reason DESC NULLS LAST))[1] AS exit_reason
    FROM (
        SELECT stored.started_at, stored.git_commit, stored.config, stored.ended_at, stored.exit_reason
        UNION ALL
        SELECT excluded.started_at, excluded.git_commit, excluded.config, excluded.ended_at, excluded.exit_reason) AS known)
