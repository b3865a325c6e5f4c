-- The workers that a question is about, by what one store knows of them: if the joined row fits, some store's row does.
-- $store is the store, $calls its API calls. Parameters, each optional: worker; log_files, a JSON array; calls_since with calls_until, for
-- those that made a call in that time; words_since, given if the store's calls count. All workers of the sessions and tasks in
-- temp.concerned count too, and those with a call that names one of them.
-- Used by: every reading command that is asked for some and not for all, if there is an archive.
SELECT 'worker', worker_id FROM $store.workers WHERE session_id IN (SELECT id FROM temp.concerned WHERE kind = 'session')
UNION ALL SELECT 'worker', worker_id FROM $store.workers WHERE task_id IN (SELECT id FROM temp.concerned WHERE kind = 'task')
UNION ALL SELECT 'worker', worker_id FROM $calls -- if words_since
    WHERE own_session_id IN (SELECT id FROM temp.concerned WHERE kind = 'session') AND own_session_id IS NOT NULL -- if words_since
UNION ALL SELECT 'worker', worker_id FROM $calls -- if words_since
    WHERE own_task_id IN (SELECT id FROM temp.concerned WHERE kind = 'task') AND own_task_id IS NOT NULL -- if words_since
UNION ALL SELECT 'worker', :worker -- if worker
UNION ALL SELECT 'worker', worker_id FROM $store.workers WHERE log_file IN (SELECT value FROM json_each(:log_files)) -- if log_files
UNION ALL SELECT 'worker', worker_id FROM $calls WHERE timestamp >= :calls_since AND timestamp < :calls_until -- if calls_since
