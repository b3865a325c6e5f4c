-- The rows of a chunk as they are stored, each as one text: to see whether joining them once more changes any. The stand-ins
-- 'unknown' are no records; they come and go.
-- Parameters: sessionIds, taskIds, workerIds, eventIds, apiCallIds, JSON arrays. Used by: the route prove-home, on the external store.
SELECT json_array('session', session_id, started_at, ended_at, git_commit, exit_reason, config) AS stored
FROM sessions
WHERE session_id IN (SELECT value FROM json_each(:#sessionIds)) AND session_id <> 'unknown'
UNION ALL
SELECT json_array('task', task_id, session_id, issue_number, title, detected_at, started_at, completed_at, failed_at, status, pr_number)
FROM tasks
WHERE task_id IN (SELECT value FROM json_each(:#taskIds)) AND task_id <> 'unknown'
UNION ALL
SELECT json_array('worker', worker_id, session_id, task_id, spawned_at, completed_at, pid, status, exit_code, log_file)
FROM workers
WHERE worker_id IN (SELECT value FROM json_each(:#workerIds))
UNION ALL
SELECT json_array('event', record_id, session_id, timestamp, event_type, context_type, context_id, severity, message, details)
FROM events
WHERE record_id IN (SELECT value FROM json_each(:#eventIds))
UNION ALL
SELECT json_array('api_call', record_id, worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd,
                  duration_ms, success, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source, own_session_id, own_task_id)
FROM api_calls
WHERE record_id IN (SELECT value FROM json_each(:#apiCallIds))
ORDER BY stored
