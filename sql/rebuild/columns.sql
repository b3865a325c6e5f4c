-- The columns to compare: all but those that belong to one file. The table's key is the first.
-- $table. Rows: name. Used by: tac8 rebuild --check.
SELECT name
FROM pragma_table_info('$table', 'rebuilt')
WHERE NOT (pk AND type = 'INTEGER')
ORDER BY name <> 'record_id', cid
