-- API calls with all that they say, in no order: each is priced by itself, as tiers, days and terms are a call's own.
-- Parameters: those of chosen-calls.sql.
-- Rows: one a call; dev.tac8.price.StoredCall takes the columns in this order. Used by: ./tac8 recost, ./tac8 prices check, ./tac8 cost --as-if
SELECT record_id, timestamp, worker_id, model, tokens_input, tokens_output, tokens_total, cache_read_tokens, cache_write_5m_tokens,
       cache_write_1h_tokens, estimated_cost_usd, cost_source, price_version, usage, duration_ms, success, own_session_id, own_task_id
FROM ($chosen-calls.sql)
