-- Whether the log is on the disk up to a place. What is not may be lost in a crash, and the numbers of the transactions that it told of are given
-- to others then.
-- Parameters: the place. Rows: one. Used by: the bean replica.
SELECT pg_current_wal_flush_lsn() >= CAST(? AS pg_lsn) AS is_flushed
