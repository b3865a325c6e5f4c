-- The calls of some sessions of agents.
-- Parameters: sessions (a JSON array of their names), workers (a JSON array of those that may have run them, and of what stands for these).
-- Rows: one a call, without order. Used by: ./tac8 import
SELECT usage ->> '$.agent_session' AS agent_session, model, timestamp, tokens_input, tokens_output, cache_read_tokens, cache_write_5m_tokens,
       cache_write_1h_tokens, estimated_cost_usd
FROM api_calls
WHERE worker_id IN (SELECT value FROM json_each(:workers)) AND usage ->> '$.agent_session' IN (SELECT value FROM json_each(:sessions))
