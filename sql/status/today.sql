-- What API calls have cost since a moment, and their tokens.
-- Parameters: the variable midnight, as stores have times. Rows: one. Used by: routes/observe-figures.camel.yaml, on both stores.
SELECT count(*) AS calls, count(*) - count(estimated_cost_usd) AS calls_without_cost, coalesce(sum(estimated_cost_usd), 0.0) AS cost_usd,
       coalesce(sum(tokens_input), 0) AS tokens_input, coalesce(sum(tokens_output), 0) AS tokens_output,
       coalesce(sum(cache_read_tokens), 0) AS tokens_cache_read,
       coalesce(sum(cache_write_5m_tokens), 0) + coalesce(sum(cache_write_1h_tokens), 0) AS tokens_cache_write
FROM api_calls
WHERE timestamp >= :#${variable.midnight}
