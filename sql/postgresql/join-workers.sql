-- Joins a chunk's rows of workers with each other and with what is stored, by the rules of sql/ingest/join-workers.sql; join-sessions.sql
-- says how. turn is 1 for the rows of the latest end, or for all as long as there is none.
-- Parameters: none; the rows are in new_workers. Used by: the route write-postgresql.
INSERT INTO workers AS stored (worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file)
SELECT *
FROM (
    SELECT worker_id,
           COALESCE(max(NULLIF(session_id, 'unknown')) FILTER (WHERE turn = 1), 'unknown') AS session_id,
           COALESCE(max(NULLIF(task_id, 'unknown')) FILTER (WHERE turn = 1), 'unknown') AS task_id,
           min(spawned_at) AS spawned_at, max(completed_at) AS completed_at, max(pid) AS pid,
           (array_agg(status ORDER BY completed_at DESC NULLS LAST, status DESC, exit_code DESC NULLS LAST))[1] AS status,
           (array_agg(exit_code ORDER BY completed_at DESC NULLS LAST, status DESC, exit_code DESC NULLS LAST))[1] AS exit_code,
           COALESCE(max(NULLIF(log_file, 'unknown')), max(log_file)) AS log_file
    FROM (
        SELECT *, dense_rank() OVER (PARTITION BY worker_id ORDER BY completed_at DESC NULLS LAST,
                                     CASE WHEN completed_at IS NOT NULL THEN status END DESC NULLS LAST,
                                     CASE WHEN completed_at IS NOT NULL THEN exit_code END DESC NULLS LAST) AS turn
        FROM (
            SELECT worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file FROM new_workers
            UNION ALL
            SELECT worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file FROM workers
            WHERE worker_id IN (SELECT worker_id FROM new_workers)) AS known) AS ranked
    GROUP BY worker_id) AS joined
WHERE NOT EXISTS (
    SELECT FROM workers AS same
    WHERE same.worker_id = joined.worker_id
      AND (same.session_id, same.task_id, same.spawned_at, same.completed_at, same.pid, same.status, same.exit_code, same.log_file)
          IS NOT DISTINCT FROM (joined.session_id, joined.task_id, joined.spawned_at, joined.completed_at, joined.pid, joined.status,
                                joined.exit_code, joined.log_file))
ORDER BY worker_id
ON CONFLICT (worker_id) DO UPDATE SET
    changed_in = excluded.changed_in,
    (session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file) = (
    SELECT
           COALESCE(max(NULLIF(session_id, 'unknown')) FILTER (WHERE turn = 1), 'unknown') AS session_id,
           COALESCE(max(NULLIF(task_id, 'unknown')) FILTER (WHERE turn = 1), 'unknown') AS task_id,
           min(spawned_at) AS spawned_at, max(completed_at) AS completed_at, max(pid) AS pid,
           (array_agg(status ORDER BY completed_at DESC NULLS LAST, status DESC, exit_code DESC NULLS LAST))[1] AS status,
           (array_agg(exit_code ORDER BY completed_at DESC NULLS LAST, status DESC, exit_code DESC NULLS LAST))[1] AS exit_code,
           COALESCE(max(NULLIF(log_file, 'unknown')), max(log_file)) AS log_file
    FROM (
        SELECT *, dense_rank() OVER (ORDER BY completed_at DESC NULLS LAST,
                                     CASE WHEN completed_at IS NOT NULL THEN status END DESC NULLS LAST,
                                     CASE WHEN completed_at IS NOT NULL THEN exit_code END DESC NULLS LAST) AS turn
        FROM (
            SELECT stored.session_id, stored.task_id, stored.spawned_at, stored.completed_at, stored.pid, stored.status, stored.exit_code,
                   stored.log_file
            UNION ALL
            SELECT excluded.session_id, excluded.task_id, excluded.spawned_at, excluded.completed_at, excluded.pid, excluded.status,
                   excluded.exit_code, excluded.log_file) AS known) AS ranked)
