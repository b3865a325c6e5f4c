-- Deletes the events that are home.
-- Parameters: homeEventIds, a JSON array, which the proof hands over. Used by: the route bring-home, on the local store.
DELETE FROM events WHERE record_id IN (SELECT value FROM json_each(:#homeEventIds))
