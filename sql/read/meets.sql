-- A month whose ids lie among those of a store that is written: no record is in both if they do not.
-- $month is the month's table, $earlier the store's. Parameters: none. Rows: one, month, or none if no record can be in both.
-- Used by: every reading command, on each month that counts.
SELECT '$month' AS month
WHERE EXISTS (SELECT 1
              FROM $earlier
              WHERE record_id BETWEEN (SELECT min(record_id) FROM $month) AND (SELECT max(record_id) FROM $month))
