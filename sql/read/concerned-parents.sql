-- The tasks and sessions of the workers that a question is about.
-- $store is the store. Parameters: none.
-- Used by: every reading command that is asked for some and not for all, whenever there is an archive.
INSERT OR IGNORE INTO temp.concerned (kind, id)
SELECT 'task', task_id FROM $store.workers WHERE worker_id IN (SELECT id FROM temp.concerned WHERE kind = 'worker')
UNION ALL
SELECT 'session', session_id FROM $store.workers WHERE worker_id IN (SELECT id FROM temp.concerned WHERE kind = 'worker')
