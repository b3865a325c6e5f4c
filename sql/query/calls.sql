-- Lists API calls, the newest first: whose each is, its model, its tokens and what it cost.
--
-- Example: ./tac8 calls --task gh-450
-- Example: ./tac8 calls --model claude-opus-4-5 --last 24h
-- Option --task ID: Only the calls of a task.
-- Option --session ID: Only the calls of a session.
-- Option --worker ID: Only the calls of a worker.
-- Option --model NAME: Only the calls of a model.
-- Option --limit N, else the newest 1000: The most to list; ${DEFAULT-VALUE} if none is given.
-- Period: API calls
-- About: task, session, worker, period
-- Shows: timestamp, worker_id, task_id, model, status, duration_ms, tokens_total, cost_usd, cost_source
-- Nothing: There is no [such] API call [in that time] [yet].
--
-- The calls are chosen, and cut to the limit, before their workers are looked up.
WITH chosen AS MATERIALIZED (
    SELECT *
    FROM ($chosen-calls.sql)
    ORDER BY timestamp DESC, record_id DESC
    LIMIT :limit -- if limit
)
SELECT timestamp, worker_id, ifnull(own_task_id, w.task_id) AS task_id, ifnull(own_session_id, w.session_id) AS session_id, model,
       CASE success WHEN 1 THEN 'completed' WHEN 0 THEN 'failed' END AS status, duration_ms,
       tokens_input, tokens_output, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, tokens_total,
       estimated_cost_usd AS cost_usd, iif(cost_source IS NOT 'calculated', estimated_cost_usd, NULL) AS reported_usd,
       iif(cost_source = 'calculated', estimated_cost_usd, NULL) AS calculated_usd, iif(estimated_cost_usd IS NULL, 1, 0) AS calls_without_cost,
       cost_source, price_version, record_id
FROM chosen
JOIN workers AS w USING (worker_id)
ORDER BY timestamp DESC, record_id DESC
