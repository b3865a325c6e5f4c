-- The newest events, in order of time.
-- Parameters, each optional: since, until (UTC text; from, and up to but without), type, severity, context, session, limit.
-- Rows: one an event. Used by: ./tac8 events
SELECT *
FROM (SELECT timestamp, severity, event_type, context_type, context_id, message, details, session_id, record_id
      FROM events
      WHERE 1
        AND timestamp >= :since -- if since
        AND timestamp < :until -- if until
        AND event_type = :type -- if type
        AND severity = :severity -- if severity
        AND context_id = :context -- if context
        AND session_id = :session -- if session
      ORDER BY timestamp DESC, record_id DESC
      LIMIT :limit -- if limit
     )
ORDER BY timestamp, record_id
