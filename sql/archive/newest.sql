-- When the newest event or API call happened, and which came last. Of events the newest of each session, because the index on
-- (session_id, timestamp) is the one that knows.
-- Parameters: none. Rows: one; timestamp, last_event_id and last_call_id, null if there is none.
-- Used by: the route archive-prepare, on the external store.
SELECT max(newest) AS timestamp, (SELECT max(event_id) FROM events) AS last_event_id, (SELECT max(call_id) FROM api_calls) AS last_call_id
FROM (SELECT (SELECT max(timestamp) FROM events WHERE session_id = s.session_id) AS newest FROM sessions AS s
      UNION ALL
      SELECT max(timestamp) FROM api_calls)
