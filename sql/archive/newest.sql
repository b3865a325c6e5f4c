-- When the newest event or API call happened; of events the newest of each session, because the index on (session_id, timestamp)
-- is the one that knows.
-- Parameters: none. Rows: one, timestamp, null where there is none. Used by: the route archive, on the external store.
SELECT max(newest) AS timestamp
FROM (SELECT (SELECT max(timestamp) FROM events WHERE session_id = s.session_id) AS newest FROM sessions AS s
      UNION ALL
      SELECT max(timestamp) FROM api_calls)
