-- Which sessions of agents have said what they have used, and since when that is.
-- Parameters, each optional: since, until (UTC text: when they said it; from, and up to but without), sessions
-- (a JSON array of their names: these alone). Rows: one a session, the first to begin first. Used by: ./tac8 cost
SELECT details ->> '$.agent_session' AS agent_session,
       min(min(timestamp, ifnull(details ->> '$.started', timestamp), ifnull(details ->> '$.since', timestamp))) AS since
FROM events
WHERE event_type = 'agent_total'
  AND timestamp >= :since -- if since
  AND timestamp < :until -- if until
  AND details ->> '$.agent_session' IN (SELECT value FROM json_each(:sessions)) -- if sessions
GROUP BY agent_session
HAVING agent_session IS NOT NULL
ORDER BY since
