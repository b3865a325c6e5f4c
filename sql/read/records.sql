-- The events or API calls of a store, or of several months of the archive, that no other place has: each record once, though a failback or
-- the archive may just have it in two. A record is in one month only.
-- $rows are those of the store or the months. $earlier is a table that is believed before, for which its line stands once each.
-- Used by: every reading command while more than one store holds rows of the time that is asked for.
SELECT *
FROM $rows AS here
WHERE 1
  AND NOT EXISTS (SELECT 1 FROM $earlier AS other WHERE other.record_id = here.record_id)
