-- The tasks and sessions of the workers that a question is about, and those that their calls name.
-- $store is the store, $calls its API calls. Parameters, optional: words_since with words_until, given if the store's calls count: the
-- time of those that do.
-- Used by: every reading command that is asked for some and not for all, if there is an archive.
SELECT 'task', task_id FROM $store.workers WHERE worker_id IN (SELECT id FROM temp.concerned WHERE kind = 'worker')
UNION ALL
SELECT 'session', session_id FROM $store.workers WHERE worker_id IN (SELECT id FROM temp.concerned WHERE kind = 'worker')
UNION ALL SELECT DISTINCT 'task', own_task_id FROM $calls -- if words_since
    WHERE worker_id IN (SELECT id FROM temp.concerned WHERE kind = 'worker') AND own_task_id IS NOT NULL -- if words_since
      AND timestamp >= :words_since AND timestamp < :words_until -- if words_since
UNION ALL SELECT DISTINCT 'session', own_session_id FROM $calls -- if words_since
    WHERE worker_id IN (SELECT id FROM temp.concerned WHERE kind = 'worker') AND own_session_id IS NOT NULL -- if words_since
      AND timestamp >= :words_since AND timestamp < :words_until -- if words_since
