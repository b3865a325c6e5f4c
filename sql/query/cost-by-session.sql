-- What API calls cost, by session; the dearest first.
-- Parameters: those of chosen-calls.sql.
-- Rows: one a session that has a call. Used by: ./tac8 cost --by session
SELECT session_id, iif(session_id = 'unknown', NULL, started_at) AS started_at, count(DISTINCT worker_id) AS workers, sum(calls) AS calls, sum(cost_usd) AS cost_usd,
       sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd, sum(calls_without_cost) AS calls_without_cost,
       sum(tokens_total) AS tokens_total, sum(calls_of_reused_workers) AS calls_of_reused_workers
FROM ($call-sums.sql)
LEFT JOIN sessions USING (session_id)
GROUP BY session_id
ORDER BY cost_usd DESC, session_id
