-- Says what API calls cost. A call without a cost is counted and said, never taken for nothing.
--
-- Example: ./tac8 cost --today
-- Example: ./tac8 cost --by task --last 7d
-- Example: ./tac8 cost --by outcome --since 2026-11-01 --until 2026-11-30
-- Option --by WHAT, one of task, model, worker, session, day, week, month, outcome: Splits it by ${COMPLETION-CANDIDATES}.
--     outcome: what completed tasks, open ones and failures cost.
-- Instead: cost-by-WHAT.sql with --by WHAT
-- Option --task ID: Only the calls of a task.
-- Option --session ID: Only the calls of a session.
-- Option --worker ID: Only the calls of a worker.
-- Option --model NAME: Only the calls of a model.
-- Period: API calls
-- About: task, session, worker, period
-- Answers: one row
-- Nothing: There is no [such] API call [in that time] [yet].
SELECT sum(cost_usd) AS cost_usd, sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd,
       min(oldest_price_version) AS oldest_price_version, max(newest_price_version) AS newest_price_version,
       sum(calls) AS calls, sum(calls_without_cost) AS calls_without_cost,
       sum(tokens_input) AS tokens_input, sum(tokens_output) AS tokens_output, sum(cache_read_tokens) AS cache_read_tokens,
       sum(cache_write_5m_tokens) AS cache_write_5m_tokens, sum(cache_write_1h_tokens) AS cache_write_1h_tokens,
       sum(tokens_total) AS tokens_total
FROM ( -- of each store
    SELECT sum(estimated_cost_usd) AS cost_usd, sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
           sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
           min(price_version) AS oldest_price_version, max(price_version) AS newest_price_version,
           count(*) AS calls, count(*) - count(estimated_cost_usd) AS calls_without_cost,
           sum(tokens_input) AS tokens_input, sum(tokens_output) AS tokens_output, sum(cache_read_tokens) AS cache_read_tokens,
           sum(cache_write_5m_tokens) AS cache_write_5m_tokens, sum(cache_write_1h_tokens) AS cache_write_1h_tokens,
           sum(tokens_total) AS tokens_total
    FROM ($chosen-calls.sql)
) -- together
HAVING sum(calls) > 0
