-- The rows of a table in all stores together that a rebuilt database holds otherwise, or not at all. The stand-ins 'unknown' are no
-- records; they come and go.
-- $table; $key, its identity; $shown_key, that of this side with U+2400 in the place of U+0000; $both, each column of both sides; $differs, whether any is not equal; $stand_in, or NULL; $limit.
-- Rows: id, is_rebuilt, and each column of both sides. Used by: tac8 rebuild --check, which attaches the other as rebuilt.
SELECT here.$key AS id, there.$key IS NOT NULL AS is_rebuilt, $both
FROM $table AS here
LEFT JOIN rebuilt.$table AS there ON there.$key = $shown_key
WHERE here.$key IS NOT $stand_in AND (there.$key IS NULL OR $differs)
LIMIT $limit
