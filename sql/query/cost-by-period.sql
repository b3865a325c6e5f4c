-- What API calls cost, by day, week or month.
-- Parameters: periods, a JSON array of {name, since, until} (UTC text; from, and up to but without), the reader's days as his time
-- zone has them; and those of chosen-calls.sql except the time.
-- Rows: one a period that has a call, in order of time. Used by: ./tac8 cost --by day, week or month
-- The periods come in order, so that the calls, which the index on their time finds for each, need not be sorted.
SELECT period, sum(calls) AS calls, sum(cost_usd) AS cost_usd,
       sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd, sum(calls_without_cost) AS calls_without_cost,
       sum(tokens_total) AS tokens_total
FROM ( -- of each store
    SELECT number, period, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
           count(*) - count(estimated_cost_usd) AS calls_without_cost, sum(tokens_total) AS tokens_total
    FROM (SELECT key AS number, value ->> 'name' AS period, value ->> 'since' AS since, value ->> 'until' AS until
          FROM json_each(:periods)
          ORDER BY number) AS p
    CROSS JOIN ($chosen-calls.sql) AS ac ON ac.timestamp >= p.since AND ac.timestamp < p.until
    GROUP BY number
) -- together
GROUP BY number
ORDER BY number
