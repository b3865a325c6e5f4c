-- How many rows of a table are null in columns of which their lines have a value: an older tac8, which did not know these, has stored them.
-- $table; $key, its identity; $lacks, whether any column is null on this side alone.
-- Rows: one. Used by: tac8 rebuild --check, which attaches the rebuilt database as rebuilt.
SELECT count(*) AS lacking
FROM $table AS here
JOIN rebuilt.$table AS there ON there.$key = here.$key
WHERE $lacks
