-- The calls of some sessions of agents, with all that they say.
-- Parameters: sessions (a JSON array of their names); since, until (UTC text: from, and up to but without).
-- Rows: one a call, without order: the columns of priced-calls.sql, and the agent's session. Used by: ./tac8 cost --reconcile
SELECT record_id, timestamp, worker_id, model, tokens_input, tokens_output, tokens_total, cache_read_tokens, cache_write_5m_tokens,
       cache_write_1h_tokens, estimated_cost_usd, cost_source, price_version, usage, duration_ms, success, own_session_id, own_task_id,
       usage ->> '$.agent_session' AS agent_session
FROM api_calls
WHERE usage ->> '$.agent_session' IN (SELECT value FROM json_each(:sessions)) AND timestamp >= :since AND timestamp < :until
