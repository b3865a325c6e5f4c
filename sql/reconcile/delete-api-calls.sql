-- Deletes the API calls that are home.
-- Parameters: homeApiCallIds, a JSON array, which the proof hands over. Used by: the route bring-home, on the local store.
DELETE FROM api_calls WHERE record_id IN (SELECT value FROM json_each(:#homeApiCallIds))
