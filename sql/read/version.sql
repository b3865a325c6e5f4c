-- Which version the tables of a store are of, to leave alone what a newer tac8 has made.
-- $store is the store. Parameters: none. Rows: one, user_version. Used by: every reading command, on each store.
PRAGMA $store.user_version
