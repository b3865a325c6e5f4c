-- What the service reported last of each kind: rows of the local store that were brought home, a run of the archive.
-- Parameters: none. Rows: one a kind; of the columns beside max() SQLite takes those of its row. Used by: tac8 status, on either store;
-- routes/observe-figures.camel.yaml, on the external store.
SELECT event_type, max(timestamp) AS timestamp, message, severity
FROM events
WHERE event_type IN ('failback', 'archive') AND session_id = 'tac8'
GROUP BY event_type
