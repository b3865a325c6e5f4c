-- The API calls of several stores as one table: each record once, though a failback or the archive may just have it in two.
-- $rows are a store's rows, or those of all months of the archive: a record is in one month only, and SQLite would not take hundreds
-- of subqueries. $earlier is one of the stores that are believed before, for which its line stands once each.
-- Used by: every reading command while more than one store holds rows of the time that is asked for.
SELECT call_id, worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms, success,
       record_id, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source, own_session_id, own_task_id
FROM $rows AS here
WHERE 1
  AND NOT EXISTS (SELECT 1 FROM $earlier.api_calls AS other WHERE other.record_id = here.record_id)
