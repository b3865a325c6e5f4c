-- Deletes the events of a chunk that is in its archive.
-- Parameters: eventIds, a JSON array. Used by: the route archive-chunk, on the external store.
DELETE FROM events WHERE event_id IN (SELECT value FROM json_each(:#eventIds))
