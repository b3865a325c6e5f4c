-- The sums of the calls that say the same of themselves, each with its worker: as many rows as there are workers, not calls, are joined.
-- Parameters: those of chosen-calls.sql.
-- Rows: one a worker, task and session that have a call; task_id and session_id are the calls' own, or else their worker's.
-- Used by: ./tac8 cost, as ($call-sums.sql) in its statements
SELECT worker_id, ifnull(own_task_id, w.task_id) AS task_id, ifnull(own_session_id, w.session_id) AS session_id,
       w.task_id AS worker_task_id, w.status AS worker_status, calls, cost_usd, reported_usd, calculated_usd,
       calls_without_cost, tokens_total,
       iif(own_task_id <> w.task_id OR own_session_id <> w.session_id, calls, 0) AS calls_of_reused_workers
FROM (SELECT worker_id, own_task_id, own_session_id, sum(calls) AS calls, sum(cost_usd) AS cost_usd,
             sum(reported_usd) AS reported_usd, sum(calculated_usd) AS calculated_usd, sum(calls_without_cost) AS calls_without_cost, sum(tokens_total) AS tokens_total
      FROM ( -- of each store
          SELECT worker_id, own_task_id, own_session_id, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
                 sum(estimated_cost_usd) FILTER (WHERE cost_source IS NOT 'calculated') AS reported_usd,
                 sum(estimated_cost_usd) FILTER (WHERE cost_source = 'calculated') AS calculated_usd,
                 count(*) - count(estimated_cost_usd) AS calls_without_cost, sum(tokens_total) AS tokens_total
          FROM ($chosen-calls.sql)
          GROUP BY worker_id, own_task_id, own_session_id
      ) -- together
      GROUP BY worker_id, own_task_id, own_session_id)
JOIN workers AS w USING (worker_id)
