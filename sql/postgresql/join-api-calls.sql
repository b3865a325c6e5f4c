-- Joins a chunk's rows of api_calls with each other and with what is stored, by the rules of sql/ingest/join-api-calls.sql; join-sessions.sql
-- says how. cost_turn is 1 for the row whose cost counts, usage_turn for that whose usage does. What
-- reads JSON in PostgreSQL fails at an escaped U+0000, so usage_since gets its symbol; pairs of backslashes are out of the way meanwhile.
-- Parameters: none; the rows are in new_api_calls. Used by: the route write-postgresql.
INSERT INTO api_calls AS stored (
    record_id, worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, duration_ms, success,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, own_session_id, own_task_id, cost_source,
    price_version, estimated_cost_usd, usage)
SELECT *
FROM (
    SELECT record_id,
           COALESCE(max(worker_id) FILTER (WHERE worker_id <> 'unknown' AND worker_id NOT LIKE '(%'),
                    max(worker_id) FILTER (WHERE usage_turn = 1)) AS worker_id,
           min(timestamp) AS timestamp, COALESCE(max(NULLIF(model, 'unknown')), 'unknown') AS model,
           max(tokens_input) AS tokens_input, max(tokens_output) AS tokens_output, max(tokens_total) AS tokens_total,
           max(duration_ms) AS duration_ms, max(success) AS success, max(cache_read_tokens) AS cache_read_tokens,
           max(cache_write_5m_tokens) AS cache_write_5m_tokens, max(cache_write_1h_tokens) AS cache_write_1h_tokens,
           COALESCE(max(NULLIF(own_session_id, 'unknown')), max(own_session_id)) AS own_session_id,
           COALESCE(max(NULLIF(own_task_id, 'unknown')), max(own_task_id)) AS own_task_id,
           max(cost_source) FILTER (WHERE cost_turn = 1) AS cost_source,
           max(price_version) FILTER (WHERE cost_turn = 1) AS price_version,
           max(estimated_cost_usd) FILTER (WHERE cost_turn = 1) AS estimated_cost_usd,
           max(usage) FILTER (WHERE usage_turn = 1) AS usage
    FROM (
        SELECT *,
               row_number() OVER (PARTITION BY record_id ORDER BY cost_source DESC NULLS LAST, price_version DESC NULLS LAST,
                                  estimated_cost_usd DESC NULLS LAST) AS cost_turn,
               row_number() OVER (PARTITION BY record_id ORDER BY since.number NULLS LAST, since.word NULLS LAST, usage DESC NULLS LAST,
                                  worker_id = 'unknown', worker_id DESC) AS usage_turn
        FROM (
            SELECT record_id, worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, duration_ms, success,
                   cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, own_session_id, own_task_id,
                   cost_source, price_version, estimated_cost_usd, usage
            FROM new_api_calls
            UNION ALL
            SELECT record_id, worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, duration_ms, success,
                   cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, own_session_id, own_task_id,
                   cost_source, price_version, estimated_cost_usd, usage
            FROM api_calls
            WHERE record_id IN (SELECT record_id FROM new_api_calls)) AS known,
            usage_since(replace(replace(replace(usage, '\\', chr(1)), '\u0000', '\u2400'), chr(1), '\\')) AS since) AS ranked
    GROUP BY record_id) AS joined
WHERE NOT EXISTS (
    SELECT FROM api_calls AS same
    WHERE same.record_id = joined.record_id
      AND (same.worker_id, same.timestamp, same.model, same.tokens_input, same.tokens_output, same.tokens_total,
           same.duration_ms, same.success, same.cache_read_tokens, same.cache_write_5m_tokens, same.cache_write_1h_tokens,
           same.own_session_id, same.own_task_id, same.cost_source, same.price_version, same.estimated_cost_usd, same.usage)
          IS NOT DISTINCT FROM (joined.worker_id, joined.timestamp, joined.model, joined.tokens_input,
                                joined.tokens_output, joined.tokens_total, joined.duration_ms, joined.success,
                                joined.cache_read_tokens, joined.cache_write_5m_tokens, joined.cache_write_1h_tokens,
                                joined.own_session_id, joined.own_task_id, joined.cost_source, joined.price_version,
                                joined.estimated_cost_usd, joined.usage))
ORDER BY record_id
ON CONFLICT (record_id) DO UPDATE SET
    changed_in = excluded.changed_in,
    (worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, duration_ms, success, cache_read_tokens,
     cache_write_5m_tokens, cache_write_1h_tokens, own_session_id, own_task_id, cost_source, price_version,
     estimated_cost_usd, usage) = (
    SELECT
           COALESCE(max(worker_id) FILTER (WHERE worker_id <> 'unknown' AND worker_id NOT LIKE '(%'),
                    max(worker_id) FILTER (WHERE usage_turn = 1)) AS worker_id,
           min(timestamp) AS timestamp, COALESCE(max(NULLIF(model, 'unknown')), 'unknown') AS model,
           max(tokens_input) AS tokens_input, max(tokens_output) AS tokens_output, max(tokens_total) AS tokens_total,
           max(duration_ms) AS duration_ms, max(success) AS success, max(cache_read_tokens) AS cache_read_tokens,
           max(cache_write_5m_tokens) AS cache_write_5m_tokens, max(cache_write_1h_tokens) AS cache_write_1h_tokens,
           COALESCE(max(NULLIF(own_session_id, 'unknown')), max(own_session_id)) AS own_session_id,
           COALESCE(max(NULLIF(own_task_id, 'unknown')), max(own_task_id)) AS own_task_id,
           max(cost_source) FILTER (WHERE cost_turn = 1) AS cost_source,
           max(price_version) FILTER (WHERE cost_turn = 1) AS price_version,
           max(estimated_cost_usd) FILTER (WHERE cost_turn = 1) AS estimated_cost_usd,
           max(usage) FILTER (WHERE usage_turn = 1) AS usage
    FROM (
        SELECT *,
               row_number() OVER (ORDER BY cost_source DESC NULLS LAST, price_version DESC NULLS LAST,
                                  estimated_cost_usd DESC NULLS LAST) AS cost_turn,
               row_number() OVER (ORDER BY since.number NULLS LAST, since.word NULLS LAST, usage DESC NULLS LAST,
                                  worker_id = 'unknown', worker_id DESC) AS usage_turn
        FROM (
            SELECT stored.worker_id, stored.timestamp, stored.model, stored.tokens_input, stored.tokens_output,
                   stored.tokens_total, stored.duration_ms, stored.success, stored.cache_read_tokens,
                   stored.cache_write_5m_tokens, stored.cache_write_1h_tokens, stored.own_session_id, stored.own_task_id,
                   stored.cost_source, stored.price_version, stored.estimated_cost_usd, stored.usage
            UNION ALL
            SELECT excluded.worker_id, excluded.timestamp, excluded.model, excluded.tokens_input, excluded.tokens_output,
                   excluded.tokens_total, excluded.duration_ms, excluded.success, excluded.cache_read_tokens,
                   excluded.cache_write_5m_tokens, excluded.cache_write_1h_tokens, excluded.own_session_id,
                   excluded.own_task_id, excluded.cost_source, excluded.price_version, excluded.estimated_cost_usd,
                   excluded.usage) AS known,
            usage_since(replace(replace(replace(usage, '\\', chr(1)), '\u0000', '\u2400'), chr(1), '\\')) AS since) AS ranked)
