-- The tasks that a question is about, by what one store knows of them: if the joined row fits, some store's row does.
-- $store is the store. Parameters, each optional: task; status, not detected, which a row may be whose join is not;
-- detected_since with detected_until; completed_since with completed_until. All tasks of the sessions in temp.concerned count too.
-- Used by: every reading command that is asked for some and not for all, if there is an archive.
SELECT 'task', task_id FROM $store.tasks WHERE session_id IN (SELECT id FROM temp.concerned WHERE kind = 'session')
UNION ALL SELECT 'task', :task -- if task
UNION ALL SELECT 'task', task_id FROM $store.tasks WHERE status = :status -- if status
UNION ALL SELECT 'task', task_id FROM $store.tasks -- if detected_since
    WHERE detected_at >= :detected_since AND detected_at < :detected_until -- if detected_since
UNION ALL SELECT 'task', task_id FROM $store.tasks -- if completed_since
    WHERE completed_at >= :completed_since AND completed_at < :completed_until -- if completed_since
