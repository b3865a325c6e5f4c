-- The sessions that the chosen rows hang on; where there is nothing else any more, some on which nothing hangs, of large ones only as
-- many as fit in memory several times: some MiB, or one.
-- Parameters: sessionIds and refused, JSON arrays; rows, the most. Used by: the route bring-home, on the local store.
SELECT session_id, started_at, ended_at, git_commit, exit_reason, config
FROM sessions
WHERE session_id IN (SELECT value FROM json_each(:#sessionIds))
   OR session_id IN (
    SELECT session_id
    FROM (SELECT session_id, sum(bytes) OVER (ORDER BY session_id) - bytes AS bytes_before
          FROM (SELECT session_id, ifnull(octet_length(config), 0) AS bytes
                FROM sessions AS idle
                WHERE json_array_length(:#sessionIds) = 0
                  AND NOT EXISTS (SELECT 1 FROM tasks WHERE session_id = idle.session_id)
                  AND NOT EXISTS (SELECT 1 FROM workers WHERE session_id = idle.session_id)
                  AND NOT EXISTS (SELECT 1 FROM events WHERE session_id = idle.session_id)
                  AND 'session ' || session_id NOT IN (SELECT value FROM json_each(:#refused))
                ORDER BY session_id
                LIMIT :#rows))
    WHERE bytes_before < 4194304)
