-- Deletes events that the active store has taken back.
-- Parameters: strayEventIds, a JSON array. Used by: the route archive-forget, on an archive.
DELETE FROM events WHERE record_id IN (SELECT value FROM json_each(:#strayEventIds))
