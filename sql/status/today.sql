-- What API calls have cost since a moment, and their tokens: with total(), as sum() fails beyond 64 bits, and a metric is no more exact than that.
-- A cost that is not finite, which only another program can have stored, is none.
-- Parameters: the variable midnight, as stores have times. Rows: one. Used by: routes/observe-figures.camel.yaml, on both stores.
SELECT count(*) AS calls, count(*) - count(cost_usd) AS calls_without_cost, total(cost_usd) AS cost_usd,
       total(tokens_input) AS tokens_input, total(tokens_output) AS tokens_output, total(cache_read_tokens) AS tokens_cache_read,
       total(cache_write_5m_tokens) + total(cache_write_1h_tokens) AS tokens_cache_write
FROM (SELECT *, iif(abs(estimated_cost_usd) < 9e999, estimated_cost_usd, NULL) AS cost_usd
      FROM api_calls
      WHERE timestamp >= :#${variable.midnight})
