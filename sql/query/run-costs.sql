-- What the calls of some sessions of agents have used and cost. There may be many, so it is no more than that.
-- Parameters: sessions (a JSON array of their names); since, until (UTC text: from, and up to but without).
-- Rows: one a call, without order. Used by: ./tac8 cost
SELECT usage ->> '$.agent_session' AS agent_session, timestamp, model, tokens_input, tokens_output, cache_read_tokens, cache_write_5m_tokens,
       cache_write_1h_tokens, estimated_cost_usd, worker_id, own_task_id, own_session_id
FROM api_calls
WHERE timestamp >= :since AND timestamp < :until AND usage ->> '$.agent_session' IN (SELECT value FROM json_each(:sessions))
