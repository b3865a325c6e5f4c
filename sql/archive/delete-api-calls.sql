-- Deletes the API calls of a chunk that is in its archive.
-- Parameters: archivedApiCallIds, a JSON array, which the proof hands over; since, until (UTC text). Used by: the route archive-chunk, on the external store.
DELETE FROM api_calls 
WHERE call_id IN (SELECT value FROM json_each(:#archivedApiCallIds)) AND timestamp >= :#since AND timestamp < :#until
