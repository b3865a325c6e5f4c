-- How many API calls lack the session or the task that their line names: an older tac8 has stored them.
-- Rows: one. Used by: tac8 rebuild --check, which attaches the rebuilt database as rebuilt.
SELECT count(*) AS calls
FROM api_calls AS here
JOIN rebuilt.api_calls AS there ON there.record_id = here.record_id
WHERE here.own_session_id IS NULL AND there.own_session_id IS NOT NULL OR here.own_task_id IS NULL AND there.own_task_id IS NOT NULL
