-- One store's sessions, joined with those of the stores before it as sql/ingest/join-sessions.sql joins them.
-- $store is the store. Parameters: concerned, optional: given where only the sessions in temp.concerned are asked for.
-- Used by: every reading command while more than one store holds rows, and whenever there is an archive.
INSERT INTO temp.sessions (session_id, started_at, ended_at, git_commit, exit_reason, config)
SELECT session_id, started_at, ended_at, git_commit, exit_reason, config
FROM $store.sessions
WHERE 1
  AND session_id IN (SELECT id FROM temp.concerned WHERE kind = 'session') -- if concerned
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
