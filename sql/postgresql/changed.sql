-- The rows of a table that a snapshot does not see and this transaction does: what was stored since, whichever transaction committed first.
-- Rows that were restored from another server may name transactions that this one has not reached yet; they are of a first copy alone.
-- Parameters: $table; the snapshot, twice; whether all is copied; whether only rows of large texts are meant, or only the others.
-- Used by: the bean replica.
SELECT $key, $columns
FROM $table
WHERE changed_in >= pg_snapshot_xmin(CAST(? AS pg_snapshot))
  AND NOT pg_visible_in_snapshot(changed_in, CAST(? AS pg_snapshot))
  AND (changed_in < pg_snapshot_xmax(pg_current_snapshot()) OR ?)
  AND ($bytes >= 65536) = ?
