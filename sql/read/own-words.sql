-- Whether the API calls of a store name their own session and task: these columns are not there while only an older tac8 has written to it.
-- $store is the store. Parameters: none. Rows: one, columns, 2 or 0. Used by: every reading command, on each store.
SELECT count(*) AS columns
FROM pragma_table_info('api_calls', '$store')
WHERE name IN ('own_session_id', 'own_task_id')
