-- Whether a store holds any row: one that holds none needs no view.
-- Parameters: none. Rows: one, holds_rows 0 or 1. Used by: every reading command, on the local store.
SELECT EXISTS (SELECT 1 FROM sessions) OR EXISTS (SELECT 1 FROM tasks) OR EXISTS (SELECT 1 FROM workers)
       OR EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM api_calls) AS holds_rows
