-- The tables that a chunk is copied into, one beside each of the five: of this connection alone, and empty again after each transaction.
-- Parameters: $table, each in turn. Used by: the connection to PostgreSQL, when it is opened.
$each ;
CREATE TEMPORARY TABLE IF NOT EXISTS new_$table ON COMMIT DELETE ROWS AS SELECT $key, $columns FROM $table WITH NO DATA
$end
