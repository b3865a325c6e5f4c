-- What a transaction sees, and of which history of which database: a standby that was promoted goes on with another timeline, and one that was
-- made anew has another number. written is how far the log was when all that is seen here had been written to it; behind the header of a page
-- that has nothing else yet it is taken to end before that.
-- Parameters: $table, each in turn. Rows: one. Used by: the bean replica.
SELECT CAST(pg_current_snapshot() AS text) AS snapshot,
       $each AND
       EXISTS (SELECT FROM pg_index WHERE indrelid = to_regclass('$table') AND indisprimary)
       $end AS has_tables,
       pg_is_in_recovery() AS is_standby,
       CASE WHEN NOT pg_is_in_recovery() THEN
           concat_ws('/', (SELECT system_identifier FROM pg_control_system()), substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
                     (SELECT oid FROM pg_database WHERE datname = current_database()),
                     $each ,
                     CAST(to_regclass('$table') AS oid)
                     $end
                     ) END AS history,
       CAST(written - CASE WHEN (written - '0/0') % pg_size_bytes(current_setting('wal_segment_size')) = 40 THEN 40
                           WHEN (written - '0/0') % CAST(current_setting('wal_block_size') AS integer) = 24 THEN 24
                           ELSE 0 END AS text) AS written
FROM (SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_insert_lsn() END AS written) AS log
