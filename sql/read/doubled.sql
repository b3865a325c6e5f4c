-- The records that a month and a store that is written both have just then: both have an index on them, which is read from end to end.
-- $table is what they are, $month the month's table, $earlier the store's. Parameters: none.
-- Used by: every reading command that reads all of a month whose ids lie among those of a store.
INSERT OR IGNORE INTO temp.doubled_$table (record_id)
SELECT here.record_id
FROM $month AS here
CROSS JOIN $earlier AS other ON other.record_id = here.record_id
