-- The next workers of a month that leave the active store: no API call hangs on them any more, and their own times are old.
-- Parameters: since, until (UTC text; of the start); before (UTC text; of all times); workerRows, the most.
-- Rows: one, ids a JSON array, row_count its length. Used by: the route archive-meet, on the external store.
SELECT json_group_array(worker_id) AS ids, count(*) AS row_count
FROM (SELECT worker_id
      FROM workers AS idle
      WHERE spawned_at >= :#since AND spawned_at < :#until AND ifnull(completed_at, '') < :#before
        AND NOT EXISTS (SELECT 1 FROM api_calls WHERE worker_id = idle.worker_id)
      LIMIT :#workerRows)
