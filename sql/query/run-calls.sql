-- The calls of some sessions of agents, with all that they say.
-- Parameters: sessions (a JSON array of their names); and, each optional, since, until (UTC text: their calls are from, and up to and with).
-- Rows: one a call, without order: the columns of priced-calls.sql, the agent's session, and whose the call is.
-- Used by: ./tac8 cost
SELECT record_id, timestamp, ac.worker_id, model, tokens_input, tokens_output, tokens_total, cache_read_tokens, cache_write_5m_tokens,
       cache_write_1h_tokens, estimated_cost_usd, cost_source, price_version, usage, duration_ms, success, own_session_id, own_task_id,
       usage ->> '$.agent_session' AS agent_session, ifnull(own_task_id, w.task_id) AS task_id, ifnull(own_session_id, w.session_id) AS session_id
FROM api_calls AS ac
LEFT JOIN workers AS w ON w.worker_id = ac.worker_id
WHERE usage ->> '$.agent_session' IN (SELECT value FROM json_each(:sessions))
  AND ac.timestamp >= :since -- if since
  AND ac.timestamp <= :until -- if until
