-- The rows of a rebuilt database that no store holds.
-- $table; $key, its identity; $shown_key, that of this side with U+2400 in the place of U+0000, as an older tac8 has stored it; $stand_in, or NULL; $limit.
-- Rows: id. Used by: tac8 rebuild --check, which attaches the rebuilt database as rebuilt.
SELECT there.$key AS id
FROM rebuilt.$table AS there
WHERE there.$key IS NOT $stand_in AND NOT EXISTS (SELECT 1 FROM $table AS here WHERE here.$key = there.$key)
  AND NOT (instr(there.$key, char(9216)) > 0 AND EXISTS (SELECT 1 FROM $table AS here WHERE instr(here.$key, char(0)) > 0 AND $shown_key = there.$key))
LIMIT $limit
