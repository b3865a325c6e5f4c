-- What services reported last of each kind, as sql/status/last-reports.sql has it.
-- Parameters: none. Rows: one a kind. Used by: routes/observe-figures.camel.yaml, ./tac8 status.
SELECT DISTINCT ON (event_type) event_type, timestamp, message, severity
FROM events
WHERE event_type IN ('failback', 'archive') AND session_id = 'tac8'
ORDER BY event_type, timestamp DESC
