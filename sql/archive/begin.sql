-- Reads next to nothing: with it the transaction begins that keeps every other writer out of the active store, until the chunk has left.
-- Parameters: none. Rows: one. Used by: the route archive-chunk, on the external store.
SELECT count(*) AS objects FROM sqlite_schema
