-- What API calls cost, by day, week or month.
-- Parameters: periods, a JSON array of {name, since, until} (UTC text; from, and up to but without), the reader's days as his time
-- zone has them; and those of chosen-calls.sql except the time.
-- Rows: one a period that has a call, in order of time. Used by: ./tac8 cost --by day, week or month
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH calls AS MATERIALIZED (
    SELECT p.key AS number, p.value ->> 'name' AS period, ac.estimated_cost_usd, ac.tokens_total
    FROM json_each(:periods) AS p
    CROSS JOIN ($chosen-calls.sql) AS ac ON ac.timestamp >= p.value ->> 'since' AND ac.timestamp < p.value ->> 'until'
)
SELECT period, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd, count(*) - count(estimated_cost_usd) AS calls_without_cost,
       sum(tokens_total) AS tokens_total
FROM calls
GROUP BY number
ORDER BY number
