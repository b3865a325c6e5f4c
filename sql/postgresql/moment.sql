-- What a transaction sees, and of which history of which database: a standby that was promoted goes on with another timeline, and one that was
-- made anew has another number.
-- Parameters: none. Rows: one. Used by: the bean replica.
SELECT CAST(pg_current_snapshot() AS text) AS snapshot,
       to_regclass('tac8_schema') IS NOT NULL AS has_tables,
       pg_is_in_recovery() AS is_standby,
       CASE WHEN NOT pg_is_in_recovery() THEN
           concat_ws('/', (SELECT system_identifier FROM pg_control_system()), substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
                     (SELECT oid FROM pg_database WHERE datname = current_database())) END AS history
