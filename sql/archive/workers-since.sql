-- The conversations of workers that were spawned lately: they stay where they are, however long ago they were last written to.
-- Parameters: none but the setting tac8.archive.keep-days. Rows: log_file, each once. Used by: routes/archive-files.camel.yaml, on both stores.
SELECT DISTINCT log_file
FROM workers
WHERE spawned_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || :#${properties:tac8.archive.keep-days} || ' days') AND log_file IS NOT NULL
