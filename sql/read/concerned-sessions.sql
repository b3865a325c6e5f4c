-- The sessions that a question is about, by what one store knows of them: if the joined row fits, some store's row does.
-- $store is the store. Parameters, each optional: session; started_since with started_until.
-- Used by: every reading command that is asked for some and not for all, if there is an archive.
SELECT 'session', NULL WHERE 0
UNION ALL SELECT 'session', :session -- if session
UNION ALL SELECT 'session', session_id FROM $store.sessions -- if started_since
    WHERE started_at >= :started_since AND started_at < :started_until -- if started_since
