-- How many rows a table has in all stores together, and in a rebuilt database.
-- $table; $key, its identity; $stand_in, or NULL. Rows: one. Used by: tac8 rebuild --check.
SELECT (SELECT count(*) FROM $table WHERE $key IS NOT $stand_in) AS stored,
       (SELECT count(*) FROM rebuilt.$table WHERE $key IS NOT $stand_in) AS rebuilt
