-- Deletes the workers of a chunk that is in its archive, but for those on which an API call hangs that came just now.
-- Parameters: archivedWorkerIds, which the proof hands over, and workerIds, those that were compared, JSON arrays. Used by: the route archive-chunk, on the external store.
DELETE FROM workers
WHERE worker_id IN (SELECT value FROM json_each(:#archivedWorkerIds)) AND worker_id IN (SELECT value FROM json_each(:#workerIds))
  AND NOT EXISTS (SELECT 1 FROM api_calls WHERE api_calls.worker_id = workers.worker_id)
