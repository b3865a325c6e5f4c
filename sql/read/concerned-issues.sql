-- The session and the issue's number of the task that a question is about, by what one store knows of them, for concerned-rivals.sql.
-- $store is the store. Parameters, optional: task.
-- Used by: every reading command that is asked for some and not for all, if there is an archive.
SELECT 'session', NULL WHERE 0
UNION ALL SELECT 'its session', session_id FROM $store.tasks WHERE task_id = :task -- if task
UNION ALL SELECT 'its issue', issue_number FROM $store.tasks WHERE task_id = :task AND issue_number IS NOT NULL -- if task
