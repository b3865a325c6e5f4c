-- Deletes the API calls that are home: those of next-api-calls.sql, in the same transaction.
-- Parameters: none. Used by: the route bring-home, on the local store.
DELETE FROM api_calls WHERE call_id IN (SELECT call_id FROM api_calls ORDER BY call_id LIMIT 5000)
