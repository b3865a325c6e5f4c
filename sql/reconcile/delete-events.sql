-- Deletes the events that are home.
-- Parameters: eventIds, a JSON array. Used by: the route bring-home, on the local store.
DELETE FROM events WHERE record_id IN (SELECT value FROM json_each(:#eventIds))
