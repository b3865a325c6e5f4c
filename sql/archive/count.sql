-- What an archive holds, and how many of its events and API calls belong to another month.
-- Parameters: month, such as 2026-08. Rows: one. Used by: ./tac8 archive verify, on each archive.
SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM api_calls) AS api_calls, (SELECT count(*) FROM workers) AS workers,
       (SELECT count(*) FROM tasks) AS tasks, (SELECT count(*) FROM sessions) AS sessions,
       (SELECT count(*) FROM events WHERE substr(timestamp, 1, 7) <> :month)
       + (SELECT count(*) FROM api_calls WHERE substr(timestamp, 1, 7) <> :month) AS strangers
