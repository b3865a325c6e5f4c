-- What API calls cost, by model; the dearest first.
-- Parameters: those of chosen-calls.sql.
-- Rows: one a model that has a call. Used by: ./tac8 cost --by model
SELECT model, sum(calls) AS calls, sum(cost_usd) AS cost_usd,
       sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd, sum(calls_without_cost) AS calls_without_cost,
       sum(tokens_total) AS tokens_total
FROM ( -- of each store
    SELECT model, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
           count(*) - count(estimated_cost_usd) AS calls_without_cost, sum(tokens_total) AS tokens_total
    FROM ($chosen-calls.sql)
    GROUP BY model
) -- together
GROUP BY model
ORDER BY cost_usd DESC, model
