-- What API calls cost, by model; the dearest first.
-- Parameters: those of chosen-calls.sql.
-- Rows: one a model that has a call. Used by: ./tac8 cost --by model
SELECT model, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
       count(*) - count(estimated_cost_usd) AS calls_without_cost, sum(tokens_total) AS tokens_total
FROM ($chosen-calls.sql)
GROUP BY model
ORDER BY cost_usd DESC, model
