-- Deletes API calls that the active store has taken back.
-- Parameters: takenBackApiCallIds, a JSON array, which the proof hands over. Used by: the route archive-forget, on an archive.
DELETE FROM api_calls WHERE record_id IN (SELECT value FROM json_each(:#takenBackApiCallIds))
