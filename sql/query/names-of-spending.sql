-- What tasks are called and how they stand, and of which task workers are and how they ended.
-- Parameters: task_ids and worker_ids, a JSON array each.
-- Rows: one an id that is there; kind is task or worker. Used by: the page's overview
SELECT 'task' AS kind, task_id AS id, title AS name, status FROM tasks WHERE task_id IN (SELECT value FROM json_each(:task_ids))
UNION ALL
SELECT 'worker', worker_id, task_id, status FROM workers WHERE worker_id IN (SELECT value FROM json_each(:worker_ids))
