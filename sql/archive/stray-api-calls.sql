-- API calls of an archive that came again with a time that belongs elsewhere, into another month or into the active store: some of them.
-- Parameters: month, that of the archive; before, UTC text, up to when archives go. Used by: the route archive-recall, on an archive.
SELECT here.record_id, here.worker_id, here.timestamp, here.model, here.tokens_input, here.tokens_output, here.tokens_total,
       here.estimated_cost_usd, here.duration_ms, here.success, here.cache_read_tokens, here.cache_write_5m_tokens,
       here.cache_write_1h_tokens, here.cost_source, here.own_session_id, here.own_task_id
FROM api_calls AS here
CROSS JOIN active.api_calls AS there ON there.record_id = here.record_id
WHERE there.timestamp >= :#before OR substr(there.timestamp, 1, 7) <> :#month
LIMIT 1000
