-- What can be read of a store: each column of its tables, so that a file that only has the name of an archive is not taken for one.
-- $store is the store. Parameters: none. Rows: table_name, column_name, type, and line, which says all of it; none of an empty file.
-- Used by: every reading command, on each month's archive and on what sql/schema.sql makes.
SELECT t.name AS table_name, c.name AS column_name, c.type,
       iif(t.type = 'table', 'column', t.type) || ' ' || t.name || '.' || c.name || ' ' || c.type || iif(t.rootpage > 0, '', ' virtual')
       || iif(c.hidden, ' generated', '') AS line
FROM $store.sqlite_schema AS t
CROSS JOIN pragma_table_xinfo(t.name, '$store') AS c
WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY t.name, c.cid
