-- What schema.sql makes, for the statements that are made for each table: its columns in their order, the columns by which it hangs on
-- others, and the columns of its indexes.
-- Parameters: none. Rows: table_name, kind ('column', 'link' or 'index'), name, and of a column its type, of a link the table that it
-- leads to; tables in the order of schema.sql. Used by: the statements that name $table.
SELECT t.name AS table_name, 'column' AS kind, c.name AS name, c.type AS more, t.rowid AS place, c.cid AS part
FROM sqlite_schema t JOIN pragma_table_info(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
UNION ALL
SELECT t.name, 'link', f."from", f."table", t.rowid, 1000 - f.id
FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
WHERE t.type = 'table'
UNION ALL
SELECT i.tbl_name, 'index', (SELECT group_concat(name) FROM pragma_index_info(i.name)), i.name, i.rowid, 0
FROM sqlite_schema i
WHERE i.type = 'index'
ORDER BY place, part
