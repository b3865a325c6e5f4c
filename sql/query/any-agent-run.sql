-- Whether any agent has said what a session of it has used.
-- Parameters, each optional: since, until (UTC text: when it said so; from, and up to but without).
-- Rows: one, or none. Used by: ./tac8 cost
SELECT 1 AS found
FROM events
WHERE event_type = 'agent_total'
  AND timestamp >= :since -- if since
  AND timestamp < :until -- if until
LIMIT 1
