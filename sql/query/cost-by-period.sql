-- What API calls cost, by day, week or month.
-- Parameters: periods, a JSON array of {name, since, until} (UTC text; from, and up to but without), the reader's days as his time
-- zone has them; and, each optional: task, session, worker, model.
-- Rows: one a period that has a call, in order of time. Used by: ./tac8 cost --by day, week or month
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH calls AS MATERIALIZED (
    SELECT p.key AS number, p.value ->> 'name' AS period, ac.estimated_cost_usd, ac.tokens_total
    FROM json_each(:periods) AS p
    CROSS JOIN api_calls AS ac ON ac.timestamp >= p.value ->> 'since' AND ac.timestamp < p.value ->> 'until'
    WHERE 1
      AND (ac.own_task_id = :task -- if task
           OR ac.own_task_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE task_id = :task)) -- if task
      AND (ac.own_session_id = :session -- if session
           OR ac.own_session_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE session_id = :session)) -- if session
      AND ac.worker_id = :worker -- if worker
      AND ac.model = :model -- if model
)
SELECT period, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd, count(*) - count(estimated_cost_usd) AS calls_without_cost,
       sum(tokens_total) AS tokens_total
FROM calls
GROUP BY number
ORDER BY number
