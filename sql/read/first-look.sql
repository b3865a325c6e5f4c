-- Reads a store's schema: damage, a lock and a journal that has to be rolled back show here, not in the first answer.
-- $store is the store; the read holds its writers off until the answers are there.
-- Parameters: none. Rows: one. Used by: every reading command, when it opens a store.
SELECT count(*) AS objects FROM $store.sqlite_schema
