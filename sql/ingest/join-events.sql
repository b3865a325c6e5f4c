-- Joins rows of events with what is stored. Two rows of one record_id are one record: timestamp becomes the least, every other column the
-- greater non-null value, 'unknown' counting as null. A record that comes again unchanged writes nothing.
-- Parameters: every column but event_id, by name. Used by: the routes write-external and write-local.
INSERT INTO events (session_id, timestamp, event_type, context_type, context_id, severity, message, details, record_id)
VALUES (:#session_id, :#timestamp, :#event_type, :#context_type, :#context_id, :#severity, :#message, :#details, :#record_id)
ON CONFLICT (record_id) DO UPDATE SET
    (session_id, timestamp, event_type, context_type, context_id, severity, message, details) = (
        SELECT ifnull(max(nullif(session_id, 'unknown')), 'unknown'), min(timestamp),
               ifnull(max(nullif(event_type, 'unknown')), 'unknown'),
               ifnull(max(nullif(context_type, 'unknown')), max(context_type)),
               ifnull(max(nullif(context_id, 'unknown')), max(context_id)),
               ifnull(max(nullif(severity, 'unknown')), max(severity)),
               ifnull(max(nullif(message, 'unknown')), 'unknown'), max(details)
        FROM (SELECT events.session_id AS session_id, events.timestamp AS timestamp, events.event_type AS event_type,
                     events.context_type AS context_type, events.context_id AS context_id, events.severity AS severity,
                     events.message AS message, events.details AS details
              UNION ALL
              SELECT excluded.session_id, excluded.timestamp, excluded.event_type,
                     excluded.context_type, excluded.context_id, excluded.severity,
                     excluded.message, excluded.details))
WHERE (events.session_id, events.timestamp, events.event_type, events.context_type, events.context_id, events.severity,
       events.message, events.details)
   IS NOT (excluded.session_id, excluded.timestamp, excluded.event_type, excluded.context_type, excluded.context_id,
           excluded.severity, excluded.message, excluded.details)
