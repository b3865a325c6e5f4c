-- When the newest record happened, and which came last. If the index on the time begins with what records hang on, as that of events does,
-- the newest of each of these.
-- Parameters: $table, each in turn. Rows: one; timestamp, and of each table of records the number of the last, null if there is none.
-- Used by: the route archive-prepare, on the external store.
SELECT
$each of records
       (SELECT max($serial) FROM $table) AS $table,
$end
       max(newest) AS timestamp
FROM (
      $each of records UNION ALL
      SELECT (SELECT max($time) FROM $table WHERE $along) AS newest FROM $roots
      $end
     )
