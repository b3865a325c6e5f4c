-- The rows of a table that are in all stores together more than once.
-- $table; $key, its identity; $limit. Rows: id. Used by: tac8 rebuild --check, where it has counted too many.
SELECT $key AS id
FROM $table
GROUP BY $key
HAVING count(*) > 1
LIMIT $limit
