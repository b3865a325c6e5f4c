-- The API calls of several stores as one table: each record once, though a failback may just have it in two.
-- $store is the one whose rows follow, $earlier one of those before it; the line with $earlier stands once for each.
-- Used by: every reading command while more than one store holds rows.
SELECT call_id, worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms, success,
       record_id, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source
FROM $store.api_calls AS here
WHERE 1
  AND NOT EXISTS (SELECT 1 FROM $earlier.api_calls AS other WHERE other.record_id = here.record_id)
