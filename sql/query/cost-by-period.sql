-- What API calls cost, by day, week or month.
-- Parameters: periods, a JSON array of {name, since, until} (UTC text; from, and up to but without), the reader's days as his time
-- zone has them; and, each optional: task, session, worker, model.
-- Rows: one a period that has a call, in order of time. Used by: ./tac8 cost --by day, week or month
SELECT p.value ->> 'name' AS period, count(*) AS calls, sum(ac.estimated_cost_usd) AS cost_usd,
       count(*) - count(ac.estimated_cost_usd) AS calls_without_cost, sum(ac.tokens_total) AS tokens_total
FROM json_each(:periods) AS p
CROSS JOIN api_calls AS ac ON ac.timestamp >= p.value ->> 'since' AND ac.timestamp < p.value ->> 'until'
WHERE 1
  AND ac.worker_id IN (SELECT worker_id FROM workers WHERE task_id = :task) -- if task
  AND ac.worker_id IN (SELECT worker_id FROM workers WHERE session_id = :session) -- if session
  AND ac.worker_id = :worker -- if worker
  AND ac.model = :model -- if model
GROUP BY p.key
ORDER BY p.key
