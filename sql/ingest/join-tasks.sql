-- Joins rows of tasks with what is stored, column by column, so that any order of arrival gives the same row:
-- detected_at the least; started_at, completed_at and failed_at the greatest, and status that of the latest of these three
-- (in a tie failed, completed, active); every other column the greater non-null value, 'unknown' counting as null.
-- Parameters: every column, by name. Used by: the routes write-external and write-local, and by reading, for whose rows the same rule holds.
INSERT INTO tasks (task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number)
VALUES (:#task_id, :#session_id, :#issue_number, :#title, :#detected_at, :#started_at, :#completed_at, :#failed_at, :#status,
        :#pr_number)
ON CONFLICT (task_id) DO UPDATE SET
    (session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number) = (
        SELECT session_id, issue_number, title, detected_at, started_at, completed_at, failed_at,
               CASE max(ifnull(started_at, ''), ifnull(completed_at, ''), ifnull(failed_at, ''))
                   WHEN '' THEN 'detected'
                   WHEN failed_at THEN 'failed'
                   WHEN completed_at THEN 'completed'
                   ELSE 'active'
               END,
               pr_number
        FROM (
            SELECT ifnull(max(nullif(session_id, 'unknown')), 'unknown') AS session_id, max(issue_number) AS issue_number,
                   ifnull(max(nullif(title, 'unknown')), max(title)) AS title, min(detected_at) AS detected_at,
                   max(started_at) AS started_at, max(completed_at) AS completed_at, max(failed_at) AS failed_at,
                   max(pr_number) AS pr_number
            FROM (SELECT tasks.session_id AS session_id, tasks.issue_number AS issue_number, tasks.title AS title,
                         tasks.detected_at AS detected_at, tasks.started_at AS started_at,
                         tasks.completed_at AS completed_at, tasks.failed_at AS failed_at, tasks.pr_number AS pr_number
                  UNION ALL
                  SELECT excluded.session_id, excluded.issue_number, excluded.title,
                         excluded.detected_at, excluded.started_at,
                         excluded.completed_at, excluded.failed_at, excluded.pr_number)))
