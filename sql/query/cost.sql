-- What API calls cost, in all.
-- Parameters, each optional: since, until (UTC text; from, and up to but without), task, session, worker, model.
-- Rows: one. A call without a cost is counted, not taken for 0. Used by: ./tac8 cost
SELECT sum(estimated_cost_usd) AS cost_usd, count(*) AS calls, count(*) - count(estimated_cost_usd) AS calls_without_cost,
       sum(tokens_input) AS tokens_input, sum(tokens_output) AS tokens_output, sum(cache_read_tokens) AS cache_read_tokens,
       sum(cache_write_5m_tokens) AS cache_write_5m_tokens, sum(cache_write_1h_tokens) AS cache_write_1h_tokens,
       sum(tokens_total) AS tokens_total
FROM api_calls AS ac
WHERE 1
  AND timestamp >= :since -- if since
  AND timestamp < :until -- if until
  AND (ac.own_task_id = :task -- if task
       OR ac.own_task_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE task_id = :task)) -- if task
  AND (ac.own_session_id = :session -- if session
       OR ac.own_session_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE session_id = :session)) -- if session
  AND ac.worker_id = :worker -- if worker
  AND model = :model -- if model
