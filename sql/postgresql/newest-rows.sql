-- How many rows of each table all hosts together have inserted, as PostgreSQL counts that by itself: by how much it grows between two looks is the rate at
-- which rows are stored.
-- $table, each in turn. Parameters: none. Used by: tac8 top, where PostgreSQL is the external store.
SELECT '$table' AS name, n_tup_ins AS newest FROM pg_stat_user_tables WHERE relid = CAST('$table' AS regclass)
