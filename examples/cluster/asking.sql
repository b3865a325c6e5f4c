-- For who asks PostgreSQL itself much, and by more than a day: run once in the database by its owner. tac8 asks its replica and needs none
-- of these; each costs the server some three hundredths more for a record.
CREATE INDEX events_by_session ON events(session_id, timestamp);
CREATE INDEX events_by_type ON events(event_type, timestamp);
CREATE INDEX events_by_severity ON events(severity, timestamp);
CREATE INDEX events_by_context ON events(context_id, timestamp);
CREATE INDEX api_calls_by_time ON api_calls(timestamp);
CREATE INDEX api_calls_by_worker ON api_calls(worker_id, own_task_id, own_session_id);
CREATE INDEX api_calls_by_task ON api_calls(own_task_id) WHERE own_task_id IS NOT NULL;
CREATE INDEX api_calls_by_session ON api_calls(own_session_id) WHERE own_session_id IS NOT NULL;
-- Who deletes by hand can have the server refuse what would leave rows without their session or worker: that costs a fifth more.
-- ALTER TABLE events ADD FOREIGN KEY (session_id) REFERENCES sessions;
-- ALTER TABLE api_calls ADD FOREIGN KEY (worker_id) REFERENCES workers;
