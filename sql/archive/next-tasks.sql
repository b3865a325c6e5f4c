-- The next tasks of a month that leave the active store: no worker hangs on them any more, and their own times are old.
-- Parameters: since, until (UTC text; of the detection); before (UTC text; of all times); taskRows, the most.
-- Rows: one, ids a JSON array, row_count its length. Used by: the route archive-meet, on the external store.
SELECT json_group_array(task_id) AS ids, count(*) AS row_count
FROM (SELECT task_id
      FROM tasks AS idle
      WHERE task_id <> 'unknown'
        AND detected_at >= :#since AND detected_at < :#until AND ifnull(started_at, '') < :#before
        AND ifnull(completed_at, '') < :#before AND ifnull(failed_at, '') < :#before
        AND NOT EXISTS (SELECT 1 FROM workers WHERE task_id = idle.task_id)
      LIMIT :#taskRows)
