-- Which tables there are: the number of the last file that was run.
-- Parameters: none. Used by: the connection to PostgreSQL, when it is opened.
SELECT max(version) FROM tac8_schema
