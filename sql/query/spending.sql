-- What API calls cost, by period, model, worker and task, and what became of the money: whatever a picture of costs is split by can be added up from it, so that each
-- call is read once. The outcome is that of cost-by-outcome.sql.
-- Parameters: periods, as in cost-by-period.sql; and those of chosen-calls.sql except the time.
-- Rows: one a period, model, worker and task that have a call, with the number of the period. Used by: the page's overview
SELECT number, model, worker_id, task_id,
       CASE WHEN t.status = 'failed' OR worker_status = 'failed' AND worker_task_id = task_id THEN 'wasted'
            WHEN t.status = 'completed' THEN 'completed'
            ELSE 'open' END AS outcome,
       calls, cost_usd, reported_usd, calculated_usd, calls_without_cost, calls_calculated
FROM (SELECT number, model, worker_id, ifnull(own_task_id, w.task_id) AS task_id, w.task_id AS worker_task_id, w.status AS worker_status,
             sum(calls) AS calls, sum(cost_usd) AS cost_usd, sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd,
             sum(calls_without_cost) AS calls_without_cost, sum(calls_calculated) AS calls_calculated
      FROM ( -- of each store
          SELECT number, model, worker_id, own_task_id, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
                 sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
                 sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
                 count(*) - count(estimated_cost_usd) AS calls_without_cost,
                 count(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calls_calculated
          FROM (SELECT key AS number, value ->> 'since' AS since, value ->> 'until' AS until
                FROM json_each(:periods)
                ORDER BY number) AS p
          CROSS JOIN ($chosen-calls.sql) AS ac ON ac.timestamp >= p.since AND ac.timestamp < p.until
          GROUP BY number, model, worker_id, own_task_id
      ) -- together
      JOIN workers AS w USING (worker_id)
      GROUP BY number, model, worker_id, ifnull(own_task_id, w.task_id))
LEFT JOIN tasks AS t USING (task_id)
ORDER BY number, model, worker_id, task_id
