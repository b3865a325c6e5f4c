-- The rows of a table by what they are known by.
-- Parameters: $table; a JSON array of $key. Used by: the bean replica, for what rows hang on.
SELECT $key, $columns
FROM $table
WHERE $key IN (SELECT value FROM json_array_elements_text(CAST(? AS json)) AS keys (value))
