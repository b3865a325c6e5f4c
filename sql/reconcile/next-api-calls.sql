-- The next API calls to bring home, oldest arrivals first, but for those that the external store refuses; none beside events.
-- Parameters: eventIds, those chosen, and refused, JSON arrays; rows, the most. Used by: the route bring-home, on the local store.
SELECT worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms, success, record_id,
       cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source, own_session_id, own_task_id
FROM api_calls
WHERE json_array_length(:#eventIds) = 0
  AND 'api_call ' || record_id NOT IN (SELECT value FROM json_each(:#refused))
ORDER BY call_id
LIMIT :#rows
