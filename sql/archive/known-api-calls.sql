-- What the archive of a month knows otherwise of API calls that are about to be copied into it.
-- Parameters: apiCallIds, a JSON array. Used by: the route archive-meet, on an archive.
SELECT here.record_id, here.worker_id, here.timestamp, here.model, here.tokens_input, here.tokens_output, here.tokens_total,
       here.estimated_cost_usd, here.duration_ms, here.success, here.cache_read_tokens, here.cache_write_5m_tokens,
       here.cache_write_1h_tokens, here.cost_source, here.own_session_id, here.own_task_id
FROM active.api_calls AS there
CROSS JOIN api_calls AS here ON here.record_id = there.record_id
WHERE there.call_id IN (SELECT value FROM json_each(:#apiCallIds))
  AND (here.worker_id, here.timestamp, here.model, here.tokens_input, here.tokens_output, here.tokens_total,
       here.estimated_cost_usd, here.duration_ms, here.success, here.cache_read_tokens, here.cache_write_5m_tokens,
       here.cache_write_1h_tokens, here.cost_source, here.own_session_id, here.own_task_id)
   IS NOT (there.worker_id, there.timestamp, there.model, there.tokens_input, there.tokens_output, there.tokens_total,
           there.estimated_cost_usd, there.duration_ms, there.success, there.cache_read_tokens, there.cache_write_5m_tokens,
           there.cache_write_1h_tokens, there.cost_source, there.own_session_id, there.own_task_id)
