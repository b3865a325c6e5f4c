-- The five tables in PostgreSQL, as sql/schema.sql has them, and their indexes. Run once for a database, by whoever comes first.
-- text_c compares bytes, as SQLite does: every rule by which rows join rests on what is the greater text, and no database's own
-- collation can be relied on for that. Times are the same UTC text, so that text order is time order. changed_in is the transaction that
-- wrote a row last: by it a replica finds what it has not read yet, whichever transaction commits first.
-- That the session of an event and the worker of a call are there is looked up for a chunk at once, before its commit, in not-stored.sql:
-- foreign keys would look up each row by itself, a quarter of all that a chunk costs the server. For the same reason there are only the
-- indexes that tac8 itself needs. Those for whoever asks in SQL are in examples/cluster/asking.sql; others may be added, too.
CREATE TABLE tac8_schema (
    version integer PRIMARY KEY  -- The number of a file like this one
);
INSERT INTO tac8_schema (version) VALUES (1);

CREATE DOMAIN text_c AS text COLLATE "C";

-- One row per coordinator run.
CREATE TABLE sessions (
    session_id text_c PRIMARY KEY,
    started_at text_c NOT NULL,
    ended_at text_c,
    git_commit text_c,
    exit_reason text_c,          -- 'normal', 'error', 'signal'
    config text_c,               -- Key settings snapshot, JSON
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);

-- Task lifecycle from detection to completion.
CREATE TABLE tasks (
    task_id text_c PRIMARY KEY,  -- 'gh-450'
    session_id text_c NOT NULL REFERENCES sessions,
    issue_number bigint,
    title text_c,
    detected_at text_c NOT NULL,
    started_at text_c,
    completed_at text_c,
    failed_at text_c,
    status text_c NOT NULL,      -- 'detected', 'active', 'completed', 'failed'
    pr_number bigint,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);

-- Worker lifecycle.
CREATE TABLE workers (
    worker_id text_c PRIMARY KEY, -- 'w-abc123'
    session_id text_c NOT NULL REFERENCES sessions,
    task_id text_c NOT NULL REFERENCES tasks,
    spawned_at text_c NOT NULL,
    completed_at text_c,
    pid bigint,
    status text_c NOT NULL,       -- 'spawned', 'completed', 'failed'
    exit_code bigint,
    log_file text_c,              -- Path to JSONL conversation log
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);

-- Everything else: triggers, decisions, errors, worktree operations.
CREATE TABLE events (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id text_c NOT NULL,   -- Of sessions
    timestamp text_c NOT NULL,
    event_type text_c NOT NULL,   -- 'trigger', 'decision', 'error', 'worktree', etc.
    context_type text_c,          -- 'task', 'worker', 'coordinator'
    context_id text_c,            -- ID of related object
    severity text_c,              -- 'debug', 'info', 'warning', 'error'
    message text_c NOT NULL,
    details text_c,               -- Structured data, JSON
    record_id text_c NOT NULL UNIQUE, -- the record's identity for life: its id, or content hash and byte offset
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);

-- API usage for cost tracking.
CREATE TABLE api_calls (
    call_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker_id text_c NOT NULL,    -- Of workers
    timestamp text_c NOT NULL,
    model text_c NOT NULL,
    tokens_input bigint,
    tokens_output bigint,
    tokens_total bigint,
    estimated_cost_usd double precision,
    duration_ms double precision,
    success bigint,               -- 0 or 1
    record_id text_c NOT NULL UNIQUE, -- the record's identity for life: its id, or content hash and byte offset
    cache_read_tokens bigint,
    cache_write_5m_tokens bigint,
    cache_write_1h_tokens bigint,
    cost_source text_c,           -- 'reported', 'calculated'
    own_session_id text_c,        -- What the call itself says, or null. Whose call it is: this, or else its worker's.
    own_task_id text_c,
    price_version text_c,         -- Which version of the price book a cost is calculated by; null if it is not.
    usage text_c,                 -- What is not plain: the agent and its session, fast or batch, web searches; JSON
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);

-- Records come more or less in the order of their times, so the least and the greatest time of some pages tell what a day needs to read.
CREATE INDEX idx_events_timestamp ON events USING brin (timestamp) WITH (autosummarize);
CREATE INDEX idx_api_calls_timestamp ON api_calls USING brin (timestamp) WITH (autosummarize);
CREATE INDEX idx_tasks_session ON tasks(session_id);
CREATE INDEX idx_workers_session ON workers(session_id);
CREATE INDEX idx_workers_task ON workers(task_id);
CREATE INDEX idx_sessions_changed ON sessions(changed_in);
CREATE INDEX idx_tasks_changed ON tasks(changed_in);
CREATE INDEX idx_workers_changed ON workers(changed_in);
CREATE INDEX idx_events_changed ON events(changed_in);
CREATE INDEX idx_api_calls_changed ON api_calls(changed_in);

-- Since when usage speaks, as SQLite's ->> gives it: a number, or else a text. A usage that is no JSON says nothing.
CREATE FUNCTION usage_since(usage text_c, OUT number numeric, OUT word text_c) LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
    word := usage::json ->> 'since';
    CASE json_typeof(usage::json -> 'since')
        WHEN 'number' THEN number := word::numeric;
        WHEN 'boolean' THEN number := word::boolean::integer;
        ELSE RETURN;
    END CASE;
    word := NULL;
EXCEPTION WHEN data_exception THEN
    number := NULL;
    word := NULL;
END $$;

-- The stand-ins, which in SQLite come and go. Here they stay: many hosts would meet in them.
INSERT INTO sessions (session_id, started_at) VALUES ('unknown', '1970-01-01T00:00:00.000Z');
INSERT INTO tasks (task_id, session_id, detected_at, status) VALUES ('unknown', 'unknown', '1970-01-01T00:00:00.000Z', 'detected');
