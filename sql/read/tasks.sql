-- The tasks of several stores as one table, joined as sql/ingest/join-tasks.sql joins them.
-- $rows are the rows of all of them.
-- Used by: every reading command while more than one store holds rows.
SELECT task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at,
       CASE max(ifnull(started_at, ''), ifnull(completed_at, ''), ifnull(failed_at, ''))
           WHEN '' THEN 'detected'
           WHEN failed_at THEN 'failed'
           WHEN completed_at THEN 'completed'
           ELSE 'active'
       END AS status,
       pr_number
FROM (SELECT task_id, ifnull(max(nullif(session_id, 'unknown')), 'unknown') AS session_id, max(issue_number) AS issue_number,
             ifnull(max(nullif(title, 'unknown')), max(title)) AS title, min(detected_at) AS detected_at,
             max(started_at) AS started_at, max(completed_at) AS completed_at, max(failed_at) AS failed_at,
             max(pr_number) AS pr_number
      FROM $rows AS every
      GROUP BY task_id)
