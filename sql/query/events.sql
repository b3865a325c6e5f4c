-- Lists events in order of time: triggers, decisions, errors, worktree operations and all else that was logged.
--
-- Example: ./tac8 events --type decision --last 24h
-- Example: ./tac8 events --severity error --context gh-450
-- Example: ./tac8 events --text memory
-- Example: ./tac8 events --follow
-- Option --type TYPE: Only those of a type, such as trigger, decision or error.
-- Option --severity SEVERITY, one of debug, info, warning, error: Only ${COMPLETION-CANDIDATES}.
-- Option --context ID: Only those about a task, a worker or another thing.
-- Option --context-type TYPE: Only those about things of a type, such as task, worker or coordinator.
-- Option --session ID: Only those of a session.
-- Option --text TEXT: Only those with a text in their message or details, in small letters or large ones.
-- Option --before ID: Only those before an event, by its record_id: the next 1000 of a long list.
-- Option --after ID: Only those behind an event, by its record_id, and of these the first.
-- Option --limit N, else the newest 1000: The most to list, the newest; ${DEFAULT-VALUE} if none is given.
-- Period: events
-- Shows: timestamp, severity, event_type, context_id, message
-- Nothing: There is no [such] event [in that time] [yet].
--
-- There is no index on the time alone; with the four severities that there are, the one on severity and time serves.
SELECT *
FROM (SELECT timestamp, severity, event_type, context_type, context_id, message, details, session_id, record_id
      FROM events
      WHERE 1
        AND timestamp >= :since -- if since
        AND timestamp < :until -- if until
        AND severity IN ('debug', 'info', 'warning', 'error') -- if since
        AND severity IN ('debug', 'info', 'warning', 'error') -- if after
        AND timestamp >= (SELECT timestamp FROM events WHERE record_id = :after) -- if after
        AND (timestamp, record_id) > (SELECT timestamp, record_id FROM events WHERE record_id = :after) -- if after
        AND (timestamp, record_id) < (SELECT timestamp, record_id FROM events WHERE record_id = :before) -- if before
        AND event_type = :type -- if type
        AND severity = :severity -- if severity
        AND context_id = :context -- if context
        AND context_type = :context_type -- if context_type
        AND session_id = :session -- if session
        AND (instr(lower(message), lower(:text)) > 0 OR instr(lower(details), lower(:text)) > 0) -- if text
      ORDER BY
        timestamp, record_id, -- if after
        timestamp DESC, record_id DESC
      LIMIT :limit -- if limit
     )
ORDER BY timestamp, record_id
