-- A store's schema as it was written down. Stores of one and the same have the same columns, which shape.sql takes longer to find out.
-- $store is the store. Parameters: none. Rows: one, text, null of an empty file. Used by: every reading command, on each month's archive.
SELECT group_concat(type || ' ' || name || ' ' || (rootpage > 0) || ' ' || ifnull(sql, ''), char(10)) AS text
FROM $store.sqlite_schema
