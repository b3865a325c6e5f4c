-- What a database's tables look like, one line of text a column, key and foreign key, to compare a store with schema.sql, and what
-- else acts on rows that are written to them: triggers and unique indexes.
-- Parameters: none. Rows: table_name, kind, line. Used by: the check that opens a store.
SELECT t.name AS table_name, 'table' AS kind,
       'column ' || t.name || '.' || c.name || ' ' || c.type || iif(c."notnull", ' NOT NULL', '')
       || iif(c.pk, ' PRIMARY KEY', '') || ifnull(' DEFAULT ' || c.dflt_value, '') AS line
FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
UNION ALL
SELECT t.name, 'table', 'unique ' || t.name || '.' || c.name
FROM sqlite_schema t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND i.origin = 'u'
UNION ALL
SELECT t.name, 'table', 'foreign key ' || t.name || '.' || f."from" || ' to ' || f."table" || '.' || f."to" || ' ' || f.on_delete || ' ' || f.on_update
FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
UNION ALL
SELECT tbl_name, 'trigger', name FROM sqlite_schema WHERE type = 'trigger'
UNION ALL
SELECT t.name, 'index', i.name
FROM sqlite_schema t JOIN pragma_index_list(t.name) i
WHERE t.type = 'table' AND i.origin = 'c' AND i."unique"
ORDER BY line
