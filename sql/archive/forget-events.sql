-- Deletes events that the active store has taken back.
-- Parameters: takenBackEventIds, a JSON array, which the proof hands over. Used by: the route archive-forget, on an archive.
DELETE FROM events WHERE record_id IN (SELECT value FROM json_each(:#takenBackEventIds))
