-- How many of some calls are stored.
-- Parameters: ids (a JSON array of record ids). Rows: one. Used by: ./tac8 import
SELECT count(*) AS calls
FROM api_calls
WHERE record_id IN (SELECT value FROM json_each(:ids))
