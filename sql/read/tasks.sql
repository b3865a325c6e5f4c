-- One store's tasks, joined with those of the stores before it as sql/ingest/join-tasks.sql joins them.
-- $store is the store. Parameters: concerned, optional: given where only the tasks in temp.concerned are asked for.
-- Used by: every reading command while more than one store holds rows, and whenever there is an archive.
INSERT INTO temp.tasks (task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number)
SELECT task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number
FROM $store.tasks
WHERE 1
  AND task_id IN (SELECT id FROM temp.concerned WHERE kind = 'task') -- if concerned
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
