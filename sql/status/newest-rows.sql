-- The number that the newest row of each table has in this store. It costs nothing to ask, and grows with each new row: by how much, between two looks, is the
-- rate at which rows are stored.
-- $table, each in turn. Parameters: none. Used by: tac8 top, on either store.
SELECT '$table' AS name, coalesce(max(rowid), 0) AS newest FROM $table
