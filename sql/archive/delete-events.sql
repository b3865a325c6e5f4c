-- Deletes the events of a chunk that is in its archive.
-- Parameters: archivedEventIds, a JSON array, which the proof hands over; since, until (UTC text). Used by: the route archive-chunk, on the external store.
DELETE FROM events 
WHERE event_id IN (SELECT value FROM json_each(:#archivedEventIds)) AND timestamp >= :#since AND timestamp < :#until
