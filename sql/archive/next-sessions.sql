-- The next sessions of a month that leave the active store: nothing hangs on them any more, and their own times are old. Of large
-- ones only as many as a transaction writes in a moment: some MiB, or one.
-- Parameters: since, until (UTC text; of the start); before (UTC text; of all times); sessionRows, the most.
-- Rows: one, ids a JSON array, row_count its length. Used by: the route archive-meet, on the external store.
SELECT json_group_array(session_id) AS ids, count(*) AS row_count
FROM (SELECT session_id, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
      FROM (SELECT session_id, ifnull(octet_length(config), 0) AS bytes
            FROM sessions AS idle
            WHERE session_id <> 'unknown'
              AND started_at >= :#since AND started_at < :#until AND ifnull(ended_at, '') < :#before
              AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = idle.session_id)
              AND NOT EXISTS (SELECT 1 FROM workers WHERE session_id = idle.session_id)
              AND NOT EXISTS (SELECT 1 FROM tasks WHERE session_id = idle.session_id)
            LIMIT :#sessionRows))
WHERE bytes_before < 16777216
