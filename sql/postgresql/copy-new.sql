-- Takes a chunk's records of a table that are new into it: one that is there already undoes the transaction.
-- Parameters: $table. Used by: the route write-postgresql.
COPY $table ($key, $columns) FROM STDIN (FORMAT binary)
