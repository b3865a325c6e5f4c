-- How many rows another statement of this folder finds.
-- $rows, that statement. Rows: one. Used by: tac8 rebuild --check, where there are too many to be listed.
SELECT count(*) AS differences FROM ($rows)
