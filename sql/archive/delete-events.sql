-- Deletes the events of a chunk that is in its archive.
-- Parameters: eventIds, a JSON array; since, until (UTC text). Used by: the route archive-chunk, on the external store.
DELETE FROM events 
WHERE event_id IN (SELECT value FROM json_each(:#eventIds)) AND timestamp >= :#since AND timestamp < :#until
