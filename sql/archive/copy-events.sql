-- Copies events of the active store into the archive of a month. What the archive knew otherwise the active store has learned before:
-- see known-*.sql.
-- Parameters: eventIds, a JSON array; since, until (UTC text): a row may have got another time since it was chosen. Used by: the route
-- archive-copy, on an archive.
INSERT INTO events (record_id, session_id, timestamp, event_type, context_type, context_id, severity, message, details)
SELECT record_id, session_id, timestamp, event_type, context_type, context_id, severity, message, details
FROM active.events
WHERE event_id IN (SELECT value FROM json_each(:#eventIds)) AND timestamp >= :#since AND timestamp < :#until
ON CONFLICT (record_id) DO UPDATE SET
    (session_id, timestamp, event_type, context_type, context_id, severity, message, details) =
    (excluded.session_id, excluded.timestamp, excluded.event_type, excluded.context_type, excluded.context_id, excluded.severity,
     excluded.message, excluded.details)
WHERE (events.session_id, events.timestamp, events.event_type, events.context_type, events.context_id, events.severity,
       events.message, events.details)
   IS NOT (excluded.session_id, excluded.timestamp, excluded.event_type, excluded.context_type, excluded.context_id,
           excluded.severity, excluded.message, excluded.details)
