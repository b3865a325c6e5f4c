-- Copies API calls of the active store into the archive of a month. What the archive knew otherwise the active store has learned before:
-- see known-*.sql.
-- Parameters: apiCallIds, a JSON array; since, until (UTC text): a row may have got another time since it was chosen. Used by: the route
-- archive-copy, on an archive.
INSERT INTO api_calls (record_id, worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd,
                       duration_ms, success, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source,
                       own_session_id, own_task_id)
SELECT record_id, worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms, success,
       cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source, own_session_id, own_task_id
FROM active.api_calls
WHERE call_id IN (SELECT value FROM json_each(:#apiCallIds)) AND timestamp >= :#since AND timestamp < :#until
ON CONFLICT (record_id) DO UPDATE SET
    (worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms, success,
     cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source, own_session_id, own_task_id) =
    (excluded.worker_id, excluded.timestamp, excluded.model, excluded.tokens_input, excluded.tokens_output, excluded.tokens_total,
     excluded.estimated_cost_usd, excluded.duration_ms, excluded.success, excluded.cache_read_tokens,
     excluded.cache_write_5m_tokens, excluded.cache_write_1h_tokens, excluded.cost_source, excluded.own_session_id, excluded.own_task_id)
WHERE (api_calls.worker_id, api_calls.timestamp, api_calls.model, api_calls.tokens_input, api_calls.tokens_output,
       api_calls.tokens_total, api_calls.estimated_cost_usd, api_calls.duration_ms, api_calls.success, api_calls.cache_read_tokens,
       api_calls.cache_write_5m_tokens, api_calls.cache_write_1h_tokens, api_calls.cost_source,
       api_calls.own_session_id, api_calls.own_task_id)
   IS NOT (excluded.worker_id, excluded.timestamp, excluded.model, excluded.tokens_input, excluded.tokens_output,
           excluded.tokens_total, excluded.estimated_cost_usd, excluded.duration_ms, excluded.success, excluded.cache_read_tokens,
           excluded.cache_write_5m_tokens, excluded.cache_write_1h_tokens, excluded.cost_source,
           excluded.own_session_id, excluded.own_task_id)
