-- The session and the task that an API call names itself: a worker's id may be used again in another run. Of calls that are stored
-- already they stay null, and such a call is its worker's, as before.
-- The index of workers has these columns too: schema.sql makes it anew.
-- Parameters: none. Used by: the check that opens a store for writing, on one that lacks them.
ALTER TABLE api_calls ADD COLUMN own_session_id TEXT;
ALTER TABLE api_calls ADD COLUMN own_task_id TEXT;
DROP INDEX IF EXISTS idx_api_calls_worker;
