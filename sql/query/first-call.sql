-- When the first API call was.
-- Parameters: none. Rows: one; null if there is none. Used by: the page's overview
SELECT min(timestamp) AS timestamp
FROM ( -- of each store
    SELECT min(timestamp) AS timestamp FROM api_calls
) -- together
