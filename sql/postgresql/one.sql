-- One row of a table. It runs in both databases.
-- Parameters: $table; what it is known by. Used by: ./tac8 replica verify, for rows that do not fit into memory together.
SELECT $key, $columns
FROM $table
WHERE $key = ?
