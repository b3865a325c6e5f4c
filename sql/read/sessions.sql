-- The sessions of several stores as one table, joined as sql/ingest/join-sessions.sql joins them.
-- $rows are the rows of all of them; of each session the first place is that of the greatest (ended_at, exit_reason).
-- Used by: every reading command while more than one store holds rows.
SELECT session_id, min(started_at) AS started_at, max(CASE place WHEN 1 THEN ended_at END) AS ended_at,
       ifnull(max(nullif(git_commit, 'unknown')), max(git_commit)) AS git_commit,
       max(CASE place WHEN 1 THEN exit_reason END) AS exit_reason, max(config) AS config
FROM (SELECT *, row_number() OVER (PARTITION BY session_id ORDER BY ended_at DESC, exit_reason DESC) AS place FROM $rows)
GROUP BY session_id
