-- Events of an archive that came again with a time that belongs elsewhere, into another month or into the active store: some of them.
-- Parameters: month, that of the archive; before, UTC text, up to when archives go. Used by: the route archive-recall, on an archive.
SELECT here.record_id, here.session_id, here.timestamp, here.event_type, here.context_type, here.context_id, here.severity,
       here.message, here.details
FROM events AS here
CROSS JOIN active.events AS there ON there.record_id = here.record_id
WHERE there.timestamp >= :#before OR substr(there.timestamp, 1, 7) <> :#month
LIMIT 1000
