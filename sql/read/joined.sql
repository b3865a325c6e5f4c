-- One store's rows of $table, joined with those of the stores before it by the rule that stands behind ON CONFLICT in
-- sql/ingest/join-$table.sql, which follows here.
-- $rows are the rows of the store, $columns are the columns that ingest writes, $key the one that is the row's identity, $kind what it is the id of.
-- Parameters: concerned, optional: given if only what is in temp.concerned is asked for.
-- Used by: every reading command while more than one store holds rows, and if there is an archive.
INSERT INTO temp.$table ($columns)
SELECT $columns
FROM $rows
WHERE 1
  AND $key IN (SELECT id FROM temp.concerned WHERE kind = '$kind') -- if concerned
