-- The sessions of several stores as one table, joined as sql/ingest/join-sessions.sql joins them.
-- $rows are the rows of all of them.
-- Used by: every reading command while more than one store holds rows.
SELECT session_id, min(started_at) AS started_at,
       (SELECT ended_at FROM $rows AS one WHERE one.session_id = every.session_id
        ORDER BY ended_at DESC, exit_reason DESC LIMIT 1) AS ended_at,
       ifnull(max(nullif(git_commit, 'unknown')), max(git_commit)) AS git_commit,
       (SELECT exit_reason FROM $rows AS one WHERE one.session_id = every.session_id
        ORDER BY ended_at DESC, exit_reason DESC LIMIT 1) AS exit_reason,
       max(config) AS config
FROM $rows AS every
GROUP BY session_id
