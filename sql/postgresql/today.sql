-- What API calls of all hosts have cost since a moment, and their tokens, as sql/status/today.sql has it.
-- Parameters: the variable midnight, as stores have times. Rows: one. Used by: routes/observe-figures.camel.yaml.
SELECT count(*) AS calls, count(*) - count(estimated_cost_usd) AS calls_without_cost, COALESCE(sum(estimated_cost_usd), 0) AS cost_usd,
       COALESCE(sum(tokens_input), 0) AS tokens_input, COALESCE(sum(tokens_output), 0) AS tokens_output,
       COALESCE(sum(cache_read_tokens), 0) AS tokens_cache_read,
       COALESCE(sum(cache_write_5m_tokens), 0) + COALESCE(sum(cache_write_1h_tokens), 0) AS tokens_cache_write
FROM api_calls
WHERE timestamp >= :#${variable.midnight}
