-- The rows of a table that a snapshot does not see and this transaction does: what was stored since, whichever transaction committed first.
-- Rows that were restored from another server may name transactions that this one has not reached yet; they are of a first copy alone.
-- Whichever transaction was the oldest that ran then, an index finds these rows: one that somebody leaves open for hours holds nobody up.
-- Parameters: $table; the snapshot; an array of those that ran then; whether all is copied; whether only rows of large texts are meant, or only the others.
-- Used by: the bean replica.
SELECT $key, $columns
FROM $table
WHERE (changed_in >= pg_snapshot_xmax(CAST(? AS pg_snapshot)) OR changed_in = ANY (CAST(? AS xid8[])))
  AND (changed_in < pg_snapshot_xmax(pg_current_snapshot()) OR ?)
  AND ($bytes >= 65536) = ?
