-- The events or API calls of several stores as one table: each record once, though a failback or the archive may just have it in two.
-- $rows are a store's rows, or those of all months of the archive: a record is in one month only, and SQLite would not take hundreds
-- of subqueries. $earlier is a store's table that is believed before, for which its line stands once each.
-- Used by: every reading command while more than one store holds rows of the time that is asked for.
SELECT *
FROM $rows AS here
WHERE 1
  AND NOT EXISTS (SELECT 1 FROM $earlier AS other WHERE other.record_id = here.record_id)
