-- What a database's tables look like, one line of text a column, key and foreign key, to compare a store with schema.sql.
-- Parameters: none. Rows: line. Used by: the check that opens a store.
SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type || iif(c."notnull", ' NOT NULL', '')
       || iif(c.pk, ' PRIMARY KEY', '') || ifnull(' DEFAULT ' || c.dflt_value, '') AS line
FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
UNION ALL
SELECT 'unique ' || t.name || '.' || c.name
FROM sqlite_schema t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND i.origin = 'u'
UNION ALL
SELECT 'foreign key ' || t.name || '.' || f."from" || ' to ' || f."table" || '.' || f."to" || ' ' || f.on_delete || ' ' || f.on_update
FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
UNION ALL
SELECT type || ' ' || name FROM sqlite_schema WHERE type IN ('trigger', 'view')
ORDER BY line
