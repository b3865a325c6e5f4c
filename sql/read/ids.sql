-- All ids of a kind that one store has, to find the one that was meant.
-- $store is the store. Parameters: kind: task, worker, session or log_file. Rows: one an id.
-- Used by: commands that were given an unknown one, ./tac8 worker --show-conversation
SELECT task_id AS id FROM $store.tasks WHERE :kind = 'task' AND task_id <> 'unknown'
UNION ALL
SELECT worker_id FROM $store.workers WHERE :kind = 'worker'
UNION ALL
SELECT session_id FROM $store.sessions WHERE :kind = 'session' AND session_id <> 'unknown'
UNION ALL
SELECT DISTINCT log_file FROM $store.workers WHERE :kind = 'log_file' AND log_file IS NOT NULL
