-- How many rows of a chunk the archive of a month does not hold, or not with equal columns; event_id and call_id are no identity.
-- Parameters: sessionIds, taskIds, workerIds, eventIds, apiCallIds, JSON arrays; since, until (UTC text). Rows: one a table, row_count 0
-- where all is there.
-- Used by: the route archive-chunk, on an archive.
SELECT 'sessions' AS name, count(*) AS row_count
FROM active.sessions AS there
LEFT JOIN sessions AS here ON here.session_id = there.session_id
WHERE there.session_id IN (SELECT value FROM json_each(:#sessionIds))
  AND (here.session_id, here.started_at, here.ended_at, here.git_commit, here.exit_reason, here.config)
   IS NOT (there.session_id, there.started_at, there.ended_at, there.git_commit, there.exit_reason, there.config)
UNION ALL
SELECT 'tasks' AS name, count(*) AS row_count
FROM active.tasks AS there
LEFT JOIN tasks AS here ON here.task_id = there.task_id
WHERE there.task_id IN (SELECT value FROM json_each(:#taskIds))
  AND (here.task_id, here.session_id, here.issue_number, here.title, here.detected_at, here.started_at, here.completed_at, here.failed_at,
       here.status, here.pr_number)
   IS NOT (there.task_id, there.session_id, there.issue_number, there.title, there.detected_at, there.started_at, there.completed_at,
           there.failed_at, there.status, there.pr_number)
UNION ALL
SELECT 'workers' AS name, count(*) AS row_count
FROM active.workers AS there
LEFT JOIN workers AS here ON here.worker_id = there.worker_id
WHERE there.worker_id IN (SELECT value FROM json_each(:#workerIds))
  AND (here.worker_id, here.session_id, here.task_id, here.spawned_at, here.completed_at, here.pid, here.status, here.exit_code,
       here.log_file)
   IS NOT (there.worker_id, there.session_id, there.task_id, there.spawned_at, there.completed_at, there.pid, there.status, there.exit_code,
           there.log_file)
UNION ALL
SELECT 'events' AS name, count(*) AS row_count
FROM active.events AS there
LEFT JOIN events AS here ON here.record_id = there.record_id
WHERE there.event_id IN (SELECT value FROM json_each(:#eventIds)) AND there.timestamp >= :#since AND there.timestamp < :#until
  AND (here.record_id, here.session_id, here.timestamp, here.event_type, here.context_type, here.context_id, here.severity, here.message,
       here.details)
   IS NOT (there.record_id, there.session_id, there.timestamp, there.event_type, there.context_type, there.context_id, there.severity,
           there.message, there.details)
UNION ALL
SELECT 'api_calls' AS name, count(*) AS row_count
FROM active.api_calls AS there
LEFT JOIN api_calls AS here ON here.record_id = there.record_id
WHERE there.call_id IN (SELECT value FROM json_each(:#apiCallIds)) AND there.timestamp >= :#since AND there.timestamp < :#until
  AND (here.record_id, here.worker_id, here.timestamp, here.model, here.tokens_input, here.tokens_output, here.tokens_total,
       here.estimated_cost_usd, here.duration_ms, here.success, here.cache_read_tokens, here.cache_write_5m_tokens,
       here.cache_write_1h_tokens, here.cost_source, here.own_session_id, here.own_task_id)
   IS NOT (there.record_id, there.worker_id, there.timestamp, there.model, there.tokens_input, there.tokens_output, there.tokens_total,
           there.estimated_cost_usd, there.duration_ms, there.success, there.cache_read_tokens, there.cache_write_5m_tokens,
           there.cache_write_1h_tokens, there.cost_source, there.own_session_id, there.own_task_id)
