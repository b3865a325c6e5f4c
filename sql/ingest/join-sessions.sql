-- Joins rows of sessions with what is stored, column by column, so that any order of arrival gives the same row:
-- started_at the least, (ended_at, exit_reason) the greater pair as a whole, every other column the greater non-null value.
-- Parameters: every column, by name. Used by: the routes write-external and write-local, and by reading, for whose rows the same rule holds.
INSERT INTO sessions (session_id, started_at, ended_at, git_commit, exit_reason, config)
VALUES (:#session_id, :#started_at, :#ended_at, :#git_commit, :#exit_reason, :#config)
ON CONFLICT (session_id) DO UPDATE SET
    (started_at, git_commit, config) = (
        SELECT min(started_at), ifnull(max(nullif(git_commit, 'unknown')), max(git_commit)), max(config)
        FROM (SELECT sessions.started_at AS started_at, sessions.git_commit AS git_commit, sessions.config AS config
              UNION ALL
              SELECT excluded.started_at, excluded.git_commit, excluded.config)),
    (ended_at, exit_reason) = (
        SELECT ended_at, exit_reason
        FROM (SELECT sessions.ended_at AS ended_at, sessions.exit_reason AS exit_reason
              UNION ALL
              SELECT excluded.ended_at, excluded.exit_reason)
        ORDER BY ended_at DESC, exit_reason DESC LIMIT 1)
