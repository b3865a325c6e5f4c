-- How many rows each table holds, the small ones first. SQLite counts on each table's smallest index.
-- $table, each in turn. Parameters: none. Used by: tac8 status and tac8 reconcile, on either store; tac8 backup and tac8 rebuild.
SELECT '$table' AS name, count(*) AS row_count FROM $table
