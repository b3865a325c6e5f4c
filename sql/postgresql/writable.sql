-- Whether a database takes what tac8 writes: its encoding, whether it is a standby, and whether it only reads.
-- Parameters: none. Rows: one. Used by: the connection to PostgreSQL, when it is opened.
SELECT current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS reads_only
