-- What each task cost: all calls of all its workers, failed attempts included.
-- Parameters: none. Rows: task_id, title, status, workers, calls, cost_usd, calls_without_cost; the dearest first.
-- Used by: ./tac8 sql --file
SELECT t.task_id, t.title, t.status, COUNT(DISTINCT w.worker_id) AS workers, COUNT(ac.call_id) AS calls,
       ROUND(SUM(ac.estimated_cost_usd), 4) AS cost_usd,
       COUNT(ac.call_id) - COUNT(ac.estimated_cost_usd) AS calls_without_cost
FROM tasks t
JOIN workers w ON w.task_id = t.task_id
JOIN api_calls ac ON ac.worker_id = w.worker_id
GROUP BY t.task_id
ORDER BY cost_usd DESC
