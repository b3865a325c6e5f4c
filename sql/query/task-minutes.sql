-- How long the completed tasks took, from their last start.
-- Parameters: none. Rows: task_id, title, pr_number, minutes; the longest first.
-- Used by: ./tac8 sql --file
SELECT task_id, title, pr_number,
       ROUND((julianday(completed_at) - julianday(started_at)) * 24 * 60, 1) AS minutes
FROM tasks
WHERE status = 'completed'
ORDER BY minutes DESC
