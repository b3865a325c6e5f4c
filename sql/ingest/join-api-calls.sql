-- Joins rows of api_calls with what is stored. Two rows of one record_id are one record: timestamp becomes the least, (cost_source,
-- price_version, estimated_cost_usd) the greater triple as a whole, nulls least: a reported cost stands before a calculated one, newer
-- prices before older ones. usage is that which begins first ($.since), of equals the greater text. worker_id is the greater name; 'unknown'
-- and what begins with a bracket only stand in for one: if neither is a name, that of the row whose usage counts. Every other column is the
-- greater non-null value, 'unknown' counting as null. A record that comes again unchanged writes nothing.
-- Parameters: every column but call_id, by name. Used by: the routes write-external and write-local.
INSERT INTO api_calls (worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms,
                       success, record_id, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source,
                       own_session_id, own_task_id, price_version, usage)
VALUES (:#worker_id, :#timestamp, :#model, :#tokens_input, :#tokens_output, :#tokens_total, :#estimated_cost_usd, :#duration_ms,
        :#success, :#record_id, :#cache_read_tokens, :#cache_write_5m_tokens, :#cache_write_1h_tokens, :#cost_source,
        :#own_session_id, :#own_task_id, :#price_version, :#usage)
ON CONFLICT (record_id) DO UPDATE SET
    (timestamp, model, tokens_input, tokens_output, tokens_total, duration_ms, success, cache_read_tokens, cache_write_5m_tokens,
     cache_write_1h_tokens, own_session_id, own_task_id) = (
        SELECT min(timestamp), ifnull(max(nullif(model, 'unknown')), 'unknown'), max(tokens_input), max(tokens_output), max(tokens_total),
               max(duration_ms), max(success), max(cache_read_tokens), max(cache_write_5m_tokens), max(cache_write_1h_tokens),
               ifnull(max(nullif(own_session_id, 'unknown')), max(own_session_id)),
               ifnull(max(nullif(own_task_id, 'unknown')), max(own_task_id))
        FROM (SELECT api_calls.timestamp AS timestamp, api_calls.model AS model, api_calls.tokens_input AS tokens_input,
                     api_calls.tokens_output AS tokens_output, api_calls.tokens_total AS tokens_total,
                     api_calls.duration_ms AS duration_ms, api_calls.success AS success,
                     api_calls.cache_read_tokens AS cache_read_tokens,
                     api_calls.cache_write_5m_tokens AS cache_write_5m_tokens,
                     api_calls.cache_write_1h_tokens AS cache_write_1h_tokens,
                     api_calls.own_session_id AS own_session_id, api_calls.own_task_id AS own_task_id
              UNION ALL
              SELECT excluded.timestamp, excluded.model, excluded.tokens_input, excluded.tokens_output, excluded.tokens_total,
                     excluded.duration_ms, excluded.success, excluded.cache_read_tokens, excluded.cache_write_5m_tokens,
                     excluded.cache_write_1h_tokens, excluded.own_session_id, excluded.own_task_id)),
    (cost_source, price_version, estimated_cost_usd) = (
        SELECT cost_source, price_version, estimated_cost_usd
        FROM (SELECT api_calls.cost_source AS cost_source, api_calls.price_version AS price_version,
                     api_calls.estimated_cost_usd AS estimated_cost_usd
              UNION ALL
              SELECT excluded.cost_source, excluded.price_version, excluded.estimated_cost_usd)
        ORDER BY cost_source DESC, price_version DESC, estimated_cost_usd DESC LIMIT 1),
    (worker_id, usage) = (
        SELECT api_calls.worker_id, api_calls.usage
        WHERE api_calls.worker_id = excluded.worker_id AND api_calls.usage IS excluded.usage -- as nearly always
        UNION ALL
        SELECT * FROM (
            SELECT ifnull(max(iif(worker_id = 'unknown' OR worker_id LIKE '(%', NULL, worker_id)) OVER (), worker_id), usage
            FROM (SELECT api_calls.worker_id AS worker_id, api_calls.usage AS usage
                  UNION ALL
                  SELECT excluded.worker_id, excluded.usage)
            ORDER BY iif(json_valid(usage), usage ->> 'since', NULL) NULLS LAST, usage DESC, worker_id = 'unknown', worker_id DESC LIMIT 1)
        LIMIT 1)
WHERE (api_calls.worker_id, api_calls.timestamp, api_calls.model, api_calls.tokens_input, api_calls.tokens_output,
       api_calls.tokens_total, api_calls.estimated_cost_usd, api_calls.duration_ms, api_calls.success,
       api_calls.cache_read_tokens, api_calls.cache_write_5m_tokens, api_calls.cache_write_1h_tokens, api_calls.cost_source,
       api_calls.own_session_id, api_calls.own_task_id, api_calls.price_version, api_calls.usage)
   IS NOT (excluded.worker_id, excluded.timestamp, excluded.model, excluded.tokens_input, excluded.tokens_output,
           excluded.tokens_total, excluded.estimated_cost_usd, excluded.duration_ms, excluded.success,
           excluded.cache_read_tokens, excluded.cache_write_5m_tokens, excluded.cache_write_1h_tokens, excluded.cost_source,
           excluded.own_session_id, excluded.own_task_id, excluded.price_version, excluded.usage)
