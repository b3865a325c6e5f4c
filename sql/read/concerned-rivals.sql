-- The other tasks of its session that have its issue's number: whose trigger is whose only all of them together tell.
-- $store is the store. Parameters: none.
-- Used by: every reading command that is asked for some and not for all, if there is an archive.
SELECT 'task', task_id
FROM $store.tasks
WHERE session_id IN (SELECT id FROM temp.concerned WHERE kind = 'its session')
  AND issue_number IN (SELECT CAST(id AS INTEGER) FROM temp.concerned WHERE kind = 'its issue')
