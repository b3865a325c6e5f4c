-- The rows of a rebuilt database that no store holds.
-- $table; $key, its identity; $stand_in, or NULL; $limit.
-- Rows: id. Used by: tac8 rebuild --check, which attaches the rebuilt database as rebuilt.
SELECT there.$key AS id
FROM rebuilt.$table AS there
WHERE there.$key IS NOT $stand_in AND NOT EXISTS (SELECT 1 FROM $table AS here WHERE here.$key = there.$key)
LIMIT $limit
