-- The newest events, in order of time.
-- Parameters, each optional: since, until (UTC text; from, and up to but without), type, severity, context, session, limit.
-- There is no index on the time alone; with the four severities that there are, the one on severity and time serves.
-- Rows: one an event. Used by: ./tac8 events
SELECT *
FROM (SELECT timestamp, severity, event_type, context_type, context_id, message, details, session_id, record_id
      FROM events
      WHERE 1
        AND timestamp >= :since -- if since
        AND timestamp < :until -- if until
        AND severity IN ('debug', 'info', 'warning', 'error') -- if since
        AND event_type = :type -- if type
        AND severity = :severity -- if severity
        AND context_id = :context -- if context
        AND session_id = :session -- if session
      ORDER BY timestamp DESC, record_id DESC
      LIMIT :limit -- if limit
     )
ORDER BY timestamp, record_id
