-- Workers of an archive that hang on a stand-in 'unknown' there, and that the active store knows better by now.
-- Parameters: none. Rows: one, ids a JSON array, row_count its length. Used by: the route archive-recall, on an archive.
SELECT json_group_array(here.worker_id) AS ids, count(*) AS row_count
FROM workers AS here
CROSS JOIN active.workers AS there ON there.worker_id = here.worker_id
WHERE here.task_id = 'unknown' AND there.task_id <> 'unknown'
   OR here.session_id = 'unknown' AND there.session_id <> 'unknown'
