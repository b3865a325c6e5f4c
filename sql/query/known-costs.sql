-- What some calls cost, by their records' ids.
-- Parameters: ids (a JSON array of record ids). Rows: one a call that has a cost. Used by: the page
SELECT record_id, estimated_cost_usd AS cost_usd
FROM api_calls
WHERE record_id IN (SELECT value FROM json_each(:ids)) AND estimated_cost_usd IS NOT NULL
