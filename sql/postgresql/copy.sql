-- Takes a chunk's rows of a table to where the statements of ingest find them.
-- Parameters: $table. Used by: the route write-postgresql.
COPY new_$table ($key, $columns) FROM STDIN (FORMAT binary)
