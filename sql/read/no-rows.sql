-- A table's columns without a row: what a joined table begins with, and all there is if only parents are read.
-- $store is the table, with its store. Parameters: none. Rows: none. Used by: every reading command while the archive is asked.
SELECT * FROM $store WHERE 0
