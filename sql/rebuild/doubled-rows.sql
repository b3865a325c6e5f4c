-- The rows of a table that are in all stores together more than once.
-- $table; $key, its identity; $shown_key, that with U+2400 in the place of U+0000; $limit. Rows: id. Used by: tac8 rebuild --check, where it has counted too many.
SELECT here.$key AS id
FROM $table AS here
GROUP BY $shown_key
HAVING count(*) > 1
LIMIT $limit
