-- How far back a store goes, if it is all there is to read.
-- Parameters: none. Rows: one, timestamp, null if it holds no event and no API call. Used by: every reading command.
SELECT min(oldest) AS timestamp
FROM (SELECT min(timestamp) AS oldest FROM events UNION ALL SELECT min(timestamp) FROM api_calls)
