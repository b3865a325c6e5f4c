-- How many rows wait to be brought home.
-- Parameters: none. Rows: one. Used by: routes/observe-figures.camel.yaml, on the local store.
SELECT
    $each +
    (SELECT count(*) FROM $table)
    $end
    AS row_count
