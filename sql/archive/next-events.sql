-- The next events of a month to be archived; of large ones only as many as a transaction writes in a moment: some MiB, or one.
-- Session by session, because the index on (session_id, timestamp) is the one that finds old events.
-- Parameters: since, until (UTC text; from, and up to but without); lastEventId, the last that was there when the run began; childRows,
-- the most. Rows: one, ids a JSON array, row_count its length.
-- Used by: the route archive-meet, on the external store.
SELECT json_group_array(event_id) AS ids, count(*) AS row_count
FROM (SELECT event_id, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
      FROM (SELECT event_id, octet_length(message) + ifnull(octet_length(details), 0) AS bytes
            FROM sessions AS s
            CROSS JOIN events AS e ON e.session_id = s.session_id AND e.timestamp >= :#since AND e.timestamp < :#until
                                         AND e.event_id <= :#lastEventId
            LIMIT :#childRows))
WHERE bytes_before < 16777216
