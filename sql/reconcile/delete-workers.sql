-- Deletes the workers that are home, except those on which API calls hang that are not.
-- Parameters: home, with a JSON array of ids a table, which only the proof makes. Used by: the route bring-home, on the local store.
DELETE FROM workers
WHERE worker_id IN (SELECT value FROM json_each(:#${variable.home[workers]}))
  AND NOT EXISTS (SELECT 1 FROM api_calls WHERE api_calls.worker_id = workers.worker_id)
