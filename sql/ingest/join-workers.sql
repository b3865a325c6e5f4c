-- Joins rows of workers with what is stored, column by column, so that any order of arrival gives the same row:
-- spawned_at the least, (completed_at, status, exit_code) the greater triple as a whole, nulls least, with the session and task of that
-- end: of an id that is used again all five are of one run. Of equal ends, before there is one, and in every other column, the greater non-null value counts,
-- 'unknown' counting as null.
-- Parameters: every column, by name. Used by: the routes write-external and write-local, and by reading, for whose rows the same rule holds.
INSERT INTO workers (worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file)
VALUES (:#worker_id, :#session_id, :#task_id, :#spawned_at, :#completed_at, :#pid, :#status, :#exit_code, :#log_file)
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
