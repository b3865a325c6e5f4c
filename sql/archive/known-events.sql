-- What the archive of a month knows otherwise of events that are about to be copied into it.
-- Parameters: eventIds, a JSON array. Used by: the route archive-meet, on an archive.
SELECT here.record_id, here.session_id, here.timestamp, here.event_type, here.context_type, here.context_id, here.severity,
       here.message, here.details
FROM active.events AS there
CROSS JOIN events AS here ON here.record_id = there.record_id
WHERE there.event_id IN (SELECT value FROM json_each(:#eventIds))
  AND (here.session_id, here.timestamp, here.event_type, here.context_type, here.context_id, here.severity, here.message,
       here.details)
   IS NOT (there.session_id, there.timestamp, there.event_type, there.context_type, there.context_id, there.severity, there.message,
           there.details)
