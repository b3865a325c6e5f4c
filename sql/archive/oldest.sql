-- When the oldest event or API call happened; of events the oldest of each session, because the index on (session_id, timestamp)
-- is the one that knows.
-- Parameters: none. Rows: one, timestamp, null if there is none. Used by: the route archive-oldest, on the external store.
SELECT min(oldest) AS timestamp
FROM (SELECT (SELECT min(timestamp) FROM events WHERE session_id = s.session_id) AS oldest FROM sessions AS s
      UNION ALL
      SELECT min(timestamp) FROM api_calls)
