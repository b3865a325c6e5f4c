-- The five tables of a store, external, local or archive, and their indexes.
-- Runs whenever a store is opened, so every statement is IF NOT EXISTS: an index added here is there after the next start.
-- Times are UTC text, 2026-11-22T10:15:30.123Z, so that text order is time order.

-- One row per coordinator run.
CREATE TABLE IF NOT EXISTS sessions (
    session_id TEXT PRIMARY KEY,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    git_commit TEXT,
    exit_reason TEXT,            -- 'normal', 'error', 'signal'
    config JSON                  -- Key settings snapshot
);

-- Task lifecycle from detection to completion.
CREATE TABLE IF NOT EXISTS tasks (
    task_id TEXT PRIMARY KEY,    -- 'gh-450'
    session_id TEXT NOT NULL,
    issue_number INTEGER,
    title TEXT,
    detected_at TIMESTAMP NOT NULL,
    started_at TIMESTAMP,
    completed_at TIMESTAMP,
    failed_at TIMESTAMP,
    status TEXT NOT NULL,        -- 'detected', 'active', 'completed', 'failed'
    pr_number INTEGER,
    FOREIGN KEY (session_id) REFERENCES sessions(session_id)
);

-- Worker lifecycle.
CREATE TABLE IF NOT EXISTS workers (
    worker_id TEXT PRIMARY KEY,   -- 'w-abc123'
    session_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    spawned_at TIMESTAMP NOT NULL,
    completed_at TIMESTAMP,
    pid INTEGER,
    status TEXT NOT NULL,         -- 'spawned', 'completed', 'failed'
    exit_code INTEGER,
    log_file TEXT,                -- Path to JSONL conversation log
    FOREIGN KEY (session_id) REFERENCES sessions(session_id),
    FOREIGN KEY (task_id) REFERENCES tasks(task_id)
);

-- Everything else: triggers, decisions, errors, worktree operations.
CREATE TABLE IF NOT EXISTS events (
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL,
    timestamp TIMESTAMP NOT NULL,
    event_type TEXT NOT NULL,    -- 'trigger', 'decision', 'error', 'worktree', etc.
    context_type TEXT,           -- 'task', 'worker', 'coordinator'
    context_id TEXT,             -- ID of related object
    severity TEXT,               -- 'debug', 'info', 'warning', 'error'
    message TEXT NOT NULL,
    details JSON,                -- Structured data
    record_id TEXT NOT NULL UNIQUE,  -- the record's identity for life: its id, or content hash and byte offset
    FOREIGN KEY (session_id) REFERENCES sessions(session_id)
);

-- API usage for cost tracking.
CREATE TABLE IF NOT EXISTS api_calls (
    call_id INTEGER PRIMARY KEY AUTOINCREMENT,
    worker_id TEXT NOT NULL,
    timestamp TIMESTAMP NOT NULL,
    model TEXT NOT NULL,
    tokens_input INTEGER,
    tokens_output INTEGER,
    tokens_total INTEGER,
    estimated_cost_usd REAL,
    duration_ms REAL,
    success BOOLEAN,
    record_id TEXT NOT NULL UNIQUE,  -- the record's identity for life: its id, or content hash and byte offset
    cache_read_tokens INTEGER,
    cache_write_5m_tokens INTEGER,
    cache_write_1h_tokens INTEGER,
    cost_source TEXT,                -- 'reported', 'calculated'
    own_session_id TEXT,             -- What the call itself says, or null. Whose call it is: this, or else its worker's.
    own_task_id TEXT,
    price_version TEXT,              -- Which version of the price book a cost is calculated by; null if it is not.
    usage JSON,                      -- What is not plain: the agent and its session, fast or batch, web searches
    FOREIGN KEY (worker_id) REFERENCES workers(worker_id)
);

-- What happened in a session, of a type, of a severity, in order of time.
CREATE INDEX IF NOT EXISTS idx_events_session ON events(session_id, timestamp);
CREATE INDEX IF NOT EXISTS idx_events_type ON events(event_type, timestamp);
CREATE INDEX IF NOT EXISTS idx_events_severity ON events(severity, timestamp);

-- What happened to gh-450: all events of a task, worker or worktree in order of time.
CREATE INDEX IF NOT EXISTS idx_events_context ON events(context_id, timestamp);

-- What agents say that a session of theirs has used. Of details that another program has stored and that are no JSON nothing is known.
CREATE INDEX IF NOT EXISTS idx_events_agent_session ON events(event_type, iif(json_valid(details), json_extract(details, '$.agent_session'), NULL))
    WHERE event_type = 'agent_total';

-- What a day cost; what a worker cost, and in which task and session: calls that say the same of themselves stand together.
CREATE INDEX IF NOT EXISTS idx_api_calls_timestamp ON api_calls(timestamp);
CREATE INDEX IF NOT EXISTS idx_api_calls_worker ON api_calls(worker_id, own_task_id, own_session_id);

-- What a task or a session cost: the calls that name it. Those that name none are found by their worker.
CREATE INDEX IF NOT EXISTS idx_api_calls_task ON api_calls(own_task_id) WHERE own_task_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_api_calls_session ON api_calls(own_session_id) WHERE own_session_id IS NOT NULL;

-- The children of a session or task: for the tasks and workers of one, and for each delete of a parent, which
-- otherwise reads the whole child table to see that nothing hangs on it.
CREATE INDEX IF NOT EXISTS idx_tasks_session ON tasks(session_id);
CREATE INDEX IF NOT EXISTS idx_workers_session ON workers(session_id);
CREATE INDEX IF NOT EXISTS idx_workers_task ON workers(task_id);
