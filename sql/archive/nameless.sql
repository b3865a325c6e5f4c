-- Workers of an archive that hang on a stand-in 'unknown' there, and that the active store knows better by now; with the tasks and
-- sessions that they hang on in the active store. None of it leaves.
-- Parameters: $table, each in turn. Rows: one; a JSON array of ids a table, and how many workers that is. Used by: the route archive-name, on an archive.
WITH nameless AS MATERIALIZED (
    SELECT there.worker_id, there.task_id, there.session_id
    FROM workers AS here
    CROSS JOIN active.workers AS there ON there.worker_id = here.worker_id
    WHERE here.task_id = 'unknown' AND there.task_id <> 'unknown'
       OR here.session_id = 'unknown' AND there.session_id <> 'unknown'
), its_tasks AS MATERIALIZED (
    SELECT task_id, session_id FROM active.tasks WHERE task_id IN (SELECT task_id FROM nameless)
)
SELECT
$each of records
       '[]' AS $table,
$end
       (SELECT json_group_array(worker_id) FROM nameless) AS workers,
       (SELECT json_group_array(task_id) FROM its_tasks) AS tasks,
       (SELECT json_group_array(session_id) FROM (SELECT session_id FROM nameless UNION SELECT session_id FROM its_tasks)) AS sessions,
       (SELECT count(*) FROM nameless) AS row_count
