-- Inserts rows of api_calls that are new. What is there already stays as it is; join-api-calls has its turn then.
-- On its own, because SQLite prepares each row of a statement that may update a foreign key for being undone, which takes a fifth
-- of its time.
-- Parameters: every column but call_id, by name. Used by: the routes write-external and write-local.
INSERT INTO api_calls (worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms,
                       success, record_id, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source,
                       own_session_id, own_task_id, price_version, usage)
VALUES (:#worker_id, :#timestamp, :#model, :#tokens_input, :#tokens_output, :#tokens_total, :#estimated_cost_usd, :#duration_ms,
        :#success, :#record_id, :#cache_read_tokens, :#cache_write_5m_tokens, :#cache_write_1h_tokens, :#cost_source,
        :#own_session_id, :#own_task_id, :#price_version, :#usage)
ON CONFLICT (record_id) DO NOTHING
