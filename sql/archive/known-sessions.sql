-- What the archive of a month knows otherwise of sessions that are to be copied into it, or that what it knows otherwise hangs on.
-- Parameters: sessionIds and knownSessionIds, JSON arrays. Used by: the route archive-meet, on an archive.
SELECT here.session_id, here.started_at, here.ended_at, here.git_commit, here.exit_reason, here.config
FROM sessions AS here
LEFT JOIN active.sessions AS there USING (session_id)
WHERE session_id IN (SELECT value FROM json_each(:#knownSessionIds))
   OR session_id IN (SELECT value FROM json_each(:#sessionIds))
      AND (here.started_at, here.ended_at, here.git_commit, here.exit_reason, here.config)
       IS NOT (there.started_at, there.ended_at, there.git_commit, there.exit_reason, there.config)
