-- The next events to bring home, oldest arrivals first, but for those that the external store refuses; of large ones only as many as
-- fit in memory several times: some MiB, or one.
-- Parameters: rows, the most; refused, a JSON array. Used by: the route bring-home, on the local store.
SELECT session_id, timestamp, event_type, context_type, context_id, severity, message, details, record_id
FROM events
WHERE event_id IN (
    SELECT event_id
    FROM (SELECT event_id, sum(bytes) OVER (ORDER BY event_id) - bytes AS bytes_before
          FROM (SELECT event_id, octet_length(message) + ifnull(octet_length(details), 0) AS bytes
                FROM events
                WHERE 'event ' || record_id NOT IN (SELECT value FROM json_each(:#refused))
                ORDER BY event_id
                LIMIT :#rows))
    WHERE bytes_before < 4194304)
ORDER BY event_id
