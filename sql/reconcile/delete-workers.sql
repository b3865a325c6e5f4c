-- Deletes a worker that is home, unless API calls that are not hang on it.
-- Parameters: worker_id. Used by: the route bring-home, on the local store.
DELETE FROM workers
WHERE worker_id = :#worker_id
  AND NOT EXISTS (SELECT 1 FROM api_calls WHERE api_calls.worker_id = workers.worker_id)
