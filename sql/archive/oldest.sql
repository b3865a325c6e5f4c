-- When the oldest record happened. If the index on the time begins with what records hang on, as that of events does, the oldest of each
-- of these.
-- Parameters: $table, each in turn. Rows: one, timestamp, null if there is none. Used by: the route archive-oldest, on the external store.
SELECT min(oldest) AS timestamp
FROM (
      $each of records UNION ALL
      SELECT (SELECT min($time) FROM $table WHERE $along) AS oldest FROM $roots
      $end
     )
