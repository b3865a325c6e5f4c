-- The sessions that the chosen rows hang on, and some on which nothing hangs any more.
-- Parameters: sessionIds, a JSON array. Used by: the route bring-home, on the local store.
SELECT session_id, started_at, ended_at, git_commit, exit_reason, config
FROM sessions
WHERE session_id IN (SELECT value FROM json_each(:#sessionIds))
   OR session_id IN (SELECT session_id
                     FROM sessions AS idle
                     WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE session_id = idle.session_id)
                       AND NOT EXISTS (SELECT 1 FROM workers WHERE session_id = idle.session_id)
                       AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = idle.session_id)
                     LIMIT 5000)
