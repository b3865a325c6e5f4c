-- Whether a month's ids lie among those of a store that is written: if they do not, no record is in both.
-- $month is the month's table, $earlier the store's. Parameters: none. Rows: one, meets 0 or 1.
-- Used by: every reading command, on each month that counts.
SELECT EXISTS (SELECT 1
               FROM $earlier
               WHERE record_id BETWEEN (SELECT min(record_id) FROM $month) AND (SELECT max(record_id) FROM $month)) AS meets
