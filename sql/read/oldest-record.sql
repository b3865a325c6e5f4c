-- How far back the records of a table go in a store that is all there is to read.
-- $table is what they are. Parameters: none. Rows: one, timestamp, null if there is none. Used by: every reading command.
SELECT min(timestamp) AS timestamp FROM $table
