-- What each task cost, for cost-per-result.sql to set against its results.
-- Parameters: those of chosen-calls.sql.
-- Rows: one; costs is a JSON array of [task_id, cost_usd, calls_without_cost], one a task that has a call. total_usd shows whether SQLite
-- can add them up at all: what it cannot is added up elsewhere, and each cost is exact then.
-- Used by: ./tac8 cost --by outcome
SELECT json_group_array(json_array(task_id, cost_usd, calls_without_cost)) AS costs, sum(cost_usd) AS total_usd
FROM (SELECT task_id, sum(cost_usd) AS cost_usd, sum(calls_without_cost) AS calls_without_cost FROM ($call-sums.sql) GROUP BY task_id)
