-- Of some workers, the calls that were logged without the id of an agent's message, and so cannot be told from those that its files tell.
-- Parameters: workers (a JSON array of ids). Rows: one a worker that has such calls, with the first and the last of them.
-- Used by: ./tac8 import
SELECT worker_id, count(*) AS calls, min(timestamp) AS first, max(timestamp) AS last
FROM api_calls
WHERE worker_id IN (SELECT value FROM json_each(:workers))
  AND record_id NOT GLOB 'claude:*' AND record_id NOT GLOB 'codex:*' AND record_id NOT GLOB 'gemini:*'
GROUP BY worker_id
ORDER BY worker_id
