-- From when on the newest events are, so many: a list of these need not look at older ones. There is no index on the time alone, so each severity is asked.
-- Parameters: limit; each optional: text, before (a record_id), as events.sql has them.
-- Rows: one; since is the time of the last of them, events how many there are. Used by: the page's list of events
SELECT min(timestamp) AS since, count(*) AS events
FROM (SELECT timestamp
      FROM (SELECT * FROM (SELECT timestamp FROM events WHERE severity = 'debug'
                             AND (instr(lower(message), lower(:text)) > 0 OR instr(lower(details), lower(:text)) > 0) -- if text
                             AND (timestamp, record_id) < (SELECT timestamp, record_id FROM events WHERE record_id = :before) -- if before
                           ORDER BY timestamp DESC
                           LIMIT :limit -- if limit
                          )
            UNION ALL
            SELECT * FROM (SELECT timestamp FROM events WHERE severity = 'info'
                             AND (instr(lower(message), lower(:text)) > 0 OR instr(lower(details), lower(:text)) > 0) -- if text
                             AND (timestamp, record_id) < (SELECT timestamp, record_id FROM events WHERE record_id = :before) -- if before
                           ORDER BY timestamp DESC
                           LIMIT :limit -- if limit
                          )
            UNION ALL
            SELECT * FROM (SELECT timestamp FROM events WHERE severity = 'warning'
                             AND (instr(lower(message), lower(:text)) > 0 OR instr(lower(details), lower(:text)) > 0) -- if text
                             AND (timestamp, record_id) < (SELECT timestamp, record_id FROM events WHERE record_id = :before) -- if before
                           ORDER BY timestamp DESC
                           LIMIT :limit -- if limit
                          )
            UNION ALL
            SELECT * FROM (SELECT timestamp FROM events WHERE severity = 'error'
                             AND (instr(lower(message), lower(:text)) > 0 OR instr(lower(details), lower(:text)) > 0) -- if text
                             AND (timestamp, record_id) < (SELECT timestamp, record_id FROM events WHERE record_id = :before) -- if before
                           ORDER BY timestamp DESC
                           LIMIT :limit -- if limit
                          ))
      ORDER BY timestamp DESC
      LIMIT :limit -- if limit
     )
