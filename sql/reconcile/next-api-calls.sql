-- The next API calls to bring home, oldest arrivals first.
-- Parameters: none. Used by: the route bring-home, on the local store; delete-api-calls.sql picks the same rows.
SELECT worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms, success, record_id,
       cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source
FROM api_calls
ORDER BY call_id
LIMIT 5000
