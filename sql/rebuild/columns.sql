-- The columns to compare: all but those that belong to one file. The table's key is the first.
-- $table. Rows: name. Used by: tac8 rebuild --check.
SELECT name
FROM pragma_table_info('$table', 'rebuilt')
WHERE name NOT IN ('event_id', 'call_id')
ORDER BY name <> 'record_id', cid
