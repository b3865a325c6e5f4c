-- Joins a chunk's rows of tasks with each other and with what is stored, by the rules of sql/ingest/join-tasks.sql; join-sessions.sql
-- says how.
-- Parameters: none; the rows are in new_tasks. Used by: the route write-postgresql.
INSERT INTO tasks AS stored (task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number)
SELECT *
FROM (
    SELECT task_id,
           COALESCE(max(NULLIF(session_id, 'unknown')), 'unknown') AS session_id, max(issue_number) AS issue_number,
           COALESCE(max(NULLIF(title, 'unknown')), max(title)) AS title, min(detected_at) AS detected_at,
           max(started_at) AS started_at, max(completed_at) AS completed_at, max(failed_at) AS failed_at,
           CASE GREATEST(max(started_at), max(completed_at), max(failed_at))
               WHEN max(failed_at) THEN 'failed'
               WHEN max(completed_at) THEN 'completed'
               WHEN max(started_at) THEN 'active'
               ELSE 'detected'
           END AS status, max(pr_number) AS pr_number
    FROM (
        SELECT task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, pr_number FROM new_tasks
        UNION ALL
        SELECT task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, pr_number FROM tasks
        WHERE task_id IN (SELECT task_id FROM new_tasks)) AS known
    GROUP BY task_id) AS joined
WHERE NOT EXISTS (
    SELECT FROM tasks AS same
    WHERE same.task_id = joined.task_id
      AND (same.session_id, same.issue_number, same.title, same.detected_at, same.started_at, same.completed_at, same.failed_at,
           same.status, same.pr_number)
          IS NOT DISTINCT FROM (joined.session_id, joined.issue_number, joined.title, joined.detected_at, joined.started_at,
                                joined.completed_at, joined.failed_at, joined.status, joined.pr_number))
ORDER BY task_id
ON CONFLICT (task_id) DO UPDATE SET
    changed_in = excluded.changed_in,
    (session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number) = (
    SELECT
           COALESCE(max(NULLIF(session_id, 'unknown')), 'unknown') AS session_id, max(issue_number) AS issue_number,
           COALESCE(max(NULLIF(title, 'unknown')), max(title)) AS title, min(detected_at) AS detected_at,
           max(started_at) AS started_at, max(completed_at) AS completed_at, max(failed_at) AS failed_at,
           CASE GREATEST(max(started_at), max(completed_at), max(failed_at))
               WHEN max(failed_at) THEN 'failed'
               WHEN max(completed_at) THEN 'completed'
               WHEN max(started_at) THEN 'active'
               ELSE 'detected'
           END AS status, max(pr_number) AS pr_number
    FROM (
        SELECT stored.session_id, stored.issue_number, stored.title, stored.detected_at, stored.started_at, stored.completed_at,
               stored.failed_at, stored.pr_number
        UNION ALL
        SELECT excluded.session_id, excluded.issue_number, excluded.title, excluded.detected_at, excluded.started_at,
               excluded.completed_at, excluded.failed_at, excluded.pr_number) AS known)
