-- One store's workers, joined with those of the stores before it as sql/ingest/join-workers.sql joins them.
-- $store is the store. Parameters: concerned, optional: given where only the workers in temp.concerned are asked for.
-- Used by: every reading command while more than one store holds rows, and whenever there is an archive.
INSERT INTO temp.workers (worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file)
SELECT worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file
FROM $store.workers
WHERE 1
  AND worker_id IN (SELECT id FROM temp.concerned WHERE kind = 'worker') -- if concerned
ON CONFLICT (worker_id) DO UPDATE SET
    (spawned_at, pid, log_file) = (
        SELECT min(spawned_at), max(pid), ifnull(max(nullif(log_file, 'unknown')), max(log_file))
        FROM (SELECT workers.spawned_at AS spawned_at, workers.pid AS pid, workers.log_file AS log_file
              UNION ALL
              SELECT excluded.spawned_at, excluded.pid, excluded.log_file)),
    (session_id, task_id) = (
        SELECT ifnull(max(nullif(session_id, 'unknown')), 'unknown'), ifnull(max(nullif(task_id, 'unknown')), 'unknown')
        FROM (SELECT workers.session_id AS session_id, workers.task_id AS task_id, workers.completed_at AS completed_at,
                     workers.status AS status, workers.exit_code AS exit_code
              UNION ALL
              SELECT excluded.session_id, excluded.task_id, excluded.completed_at, excluded.status, excluded.exit_code)
        GROUP BY completed_at, iif(completed_at IS NULL, NULL, status), iif(completed_at IS NULL, NULL, exit_code)
        ORDER BY completed_at DESC, status DESC, exit_code DESC LIMIT 1),
    (completed_at, status, exit_code) = (
        SELECT completed_at, status, exit_code
        FROM (SELECT workers.completed_at AS completed_at, workers.status AS status, workers.exit_code AS exit_code
              UNION ALL
              SELECT excluded.completed_at, excluded.status, excluded.exit_code)
        ORDER BY completed_at DESC, status DESC, exit_code DESC LIMIT 1)
