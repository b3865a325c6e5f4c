-- When the newest event or API call happened, and which came last. Of events the newest of each session, because the index on
-- (session_id, timestamp) is the one that knows.
-- Parameters: none. Rows: one; timestamp, and of each table the number of the last, null if there is none.
-- Used by: the route archive-prepare, on the external store.
SELECT max(newest) AS timestamp, (SELECT max(event_id) FROM events) AS events, (SELECT max(call_id) FROM api_calls) AS api_calls
FROM (SELECT (SELECT max(timestamp) FROM events WHERE session_id = s.session_id) AS newest FROM sessions AS s
      UNION ALL
      SELECT max(timestamp) FROM api_calls)
