-- Joins a chunk's rows of events with each other and with what is stored, by the rules of sql/ingest/join-events.sql; join-sessions.sql
-- says how.
-- Parameters: none; the rows are in new_events. Used by: the route write-postgresql.
INSERT INTO events AS stored (record_id, session_id, timestamp, event_type, context_type, context_id, severity, message, details)
SELECT *
FROM (
    SELECT record_id,
           COALESCE(max(NULLIF(session_id, 'unknown')), 'unknown') AS session_id, min(timestamp) AS timestamp,
           COALESCE(max(NULLIF(event_type, 'unknown')), 'unknown') AS event_type,
           COALESCE(max(NULLIF(context_type, 'unknown')), max(context_type)) AS context_type,
           COALESCE(max(NULLIF(context_id, 'unknown')), max(context_id)) AS context_id,
           COALESCE(max(NULLIF(severity, 'unknown')), max(severity)) AS severity,
           COALESCE(max(NULLIF(message, 'unknown')), 'unknown') AS message, max(details) AS details
    FROM (
        SELECT record_id, session_id, timestamp, event_type, context_type, context_id, severity, message, details FROM new_events
        UNION ALL
        SELECT record_id, session_id, timestamp, event_type, context_type, context_id, severity, message, details FROM events
        WHERE record_id IN (SELECT record_id FROM new_events)) AS known
    GROUP BY record_id) AS joined
WHERE NOT EXISTS (
    SELECT FROM events AS same
    WHERE same.record_id = joined.record_id
      AND (same.session_id, same.timestamp, same.event_type, same.context_type, same.context_id, same.severity, same.message, same.details)
          IS NOT DISTINCT FROM (joined.session_id, joined.timestamp, joined.event_type, joined.context_type, joined.context_id,
                                joined.severity, joined.message, joined.details))
ORDER BY record_id
ON CONFLICT (record_id) DO UPDATE SET
    changed_in = excluded.changed_in,
    (session_id, timestamp, event_type, context_type, context_id, severity, message, details) = (
    SELECT
           COALESCE(max(NULLIF(session_id, 'unknown')), 'unknown') AS session_id, min(timestamp) AS timestamp,
           COALESCE(max(NULLIF(event_type, 'unknown')), 'unknown') AS event_type,
           COALESCE(max(NULLIF(context_type, 'unknown')), max(context_type)) AS context_type,
           COALESCE(max(NULLIF(context_id, 'unknown')), max(context_id)) AS context_id,
           COALESCE(max(NULLIF(severity, 'unknown')), max(severity)) AS severity,
           COALESCE(max(NULLIF(message, 'unknown')), 'unknown') AS message, max(details) AS details
    FROM (
        SELECT stored.session_id, stored.timestamp, stored.event_type, stored.context_type, stored.context_id, stored.severity,
               stored.message, stored.details
        UNION ALL
        SELECT excluded.session_id, excluded.timestamp, excluded.event_type, excluded.context_type, excluded.context_id, excluded.severity,
               excluded.message, excluded.details) AS known)
