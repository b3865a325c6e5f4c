-- Whether a store holds any row: one that holds none needs no view. All rows hang on a session, some of them by others.
-- Parameters: none. Rows: one, holds_rows 0 or 1. Used by: every reading command, on the local store.
SELECT EXISTS (SELECT 1 FROM sessions) AS holds_rows
