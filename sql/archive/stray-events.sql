-- Events of an archive that came again with a time that belongs elsewhere, into another month or into the active store: some of them,
-- of large ones only as many as fit in memory several times: some MiB, or one.
-- Parameters: month, that of the archive; before, UTC text, up to when archives go. Used by: the route archive-recall, on an archive.
SELECT record_id, session_id, timestamp, event_type, context_type, context_id, severity, message, details
FROM events
WHERE event_id IN (
    SELECT event_id
    FROM (SELECT event_id, sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
          FROM (SELECT here.event_id, octet_length(here.message) + ifnull(octet_length(here.details), 0) AS bytes
                FROM events AS here
                CROSS JOIN active.events AS there ON there.record_id = here.record_id
                WHERE there.timestamp >= :#before OR substr(there.timestamp, 1, 7) <> :#month
                LIMIT 1000))
    WHERE bytes_before < 4194304)
