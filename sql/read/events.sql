-- The events of several stores as one table: each record once, though a failback may just have it in two.
-- $store is the one whose rows follow, $earlier one of those before it; the line with $earlier stands once for each.
-- Used by: every reading command while more than one store holds rows.
SELECT event_id, session_id, timestamp, event_type, context_type, context_id, severity, message, details, record_id
FROM $store.events AS here
WHERE 1
  AND NOT EXISTS (SELECT 1 FROM $earlier.events AS other WHERE other.record_id = here.record_id)
