-- The conversations of workers that were spawned lately: they stay where they are, however long nobody has written to them.
-- Parameters: since, the stored time from which on. Rows: log_file, each once. Used by: routes/archive-files.camel.yaml, on both stores.
SELECT DISTINCT log_file FROM workers WHERE spawned_at >= :#since AND log_file IS NOT NULL
