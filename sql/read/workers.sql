-- The workers of several stores as one table, joined as sql/ingest/join-workers.sql joins them.
-- $rows are the rows of all of them; of each worker the first place is that of the greatest (completed_at, status, exit_code).
-- Used by: every reading command while more than one store holds rows.
SELECT worker_id, ifnull(max(nullif(session_id, 'unknown')), 'unknown') AS session_id,
       ifnull(max(nullif(task_id, 'unknown')), 'unknown') AS task_id, min(spawned_at) AS spawned_at,
       max(CASE place WHEN 1 THEN completed_at END) AS completed_at, max(pid) AS pid, max(CASE place WHEN 1 THEN status END) AS status,
       max(CASE place WHEN 1 THEN exit_code END) AS exit_code, ifnull(max(nullif(log_file, 'unknown')), max(log_file)) AS log_file
FROM (SELECT *, row_number() OVER (PARTITION BY worker_id ORDER BY completed_at DESC, status DESC, exit_code DESC) AS place FROM $rows)
GROUP BY worker_id
