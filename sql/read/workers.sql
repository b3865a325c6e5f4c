-- The workers of several stores as one table, joined as sql/ingest/join-workers.sql joins them.
-- $rows are the rows of all of them.
-- Used by: every reading command while more than one store holds rows.
SELECT worker_id, ifnull(max(nullif(session_id, 'unknown')), 'unknown') AS session_id,
       ifnull(max(nullif(task_id, 'unknown')), 'unknown') AS task_id, min(spawned_at) AS spawned_at,
       (SELECT completed_at FROM $rows AS one WHERE one.worker_id = every.worker_id
        ORDER BY completed_at DESC, status DESC, exit_code DESC LIMIT 1) AS completed_at,
       max(pid) AS pid,
       (SELECT status FROM $rows AS one WHERE one.worker_id = every.worker_id
        ORDER BY completed_at DESC, status DESC, exit_code DESC LIMIT 1) AS status,
       (SELECT exit_code FROM $rows AS one WHERE one.worker_id = every.worker_id
        ORDER BY completed_at DESC, status DESC, exit_code DESC LIMIT 1) AS exit_code,
       ifnull(max(nullif(log_file, 'unknown')), max(log_file)) AS log_file
FROM $rows AS every
GROUP BY worker_id
