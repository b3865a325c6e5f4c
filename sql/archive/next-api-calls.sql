-- The next API calls of a month to be archived.
-- Parameters: since, until (UTC text; from, and up to but without); lastCallId, the last that was there when the run began; childRows,
-- the most. Rows: one, ids a JSON array, row_count its length.
-- Used by: the route archive-meet, on the external store.
SELECT json_group_array(call_id) AS ids, count(*) AS row_count
FROM (SELECT call_id FROM api_calls WHERE timestamp >= :#since AND timestamp < :#until AND call_id <= :#lastCallId
      ORDER BY timestamp LIMIT :#childRows)
