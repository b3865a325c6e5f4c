-- Inserts a chunk's rows of api_calls that are new. What is there already stays as it is; join-api-calls has its turn then.
-- Parameters: none; the rows are in new_api_calls. Used by: the route write-postgresql.
INSERT INTO api_calls (worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms,
                       success, record_id, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source,
                       own_session_id, own_task_id, price_version, usage)
SELECT DISTINCT ON (record_id) worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms,
       success, record_id, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source,
       own_session_id, own_task_id, price_version, usage
FROM new_api_calls
ORDER BY record_id
ON CONFLICT (record_id) DO NOTHING
