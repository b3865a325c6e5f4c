"""What a log call costs. Prints the microseconds of the median and of the 99th percentile of so many calls, and the most.

Arguments: what, where, calls. What is `logger` (where: the spool), `sqlite` or `sqlite-wal` (where: a new database: an insert and a commit a
call, as one would write it without a spool), or `visible` (where: the database of a running service, whose spool is that of
TAC8_SPOOL_DIR: from the call until the row is there).
"""
import pathlib
import random
import sqlite3
import sys
import time

from tac_logger import TACLogger

CALL = dict(tokens_input=5000, tokens_output=2000, estimated_cost_usd=0.045, duration_ms=3200)
WARM_UP = 500


def timed(call, calls):
    for _ in range(WARM_UP):
        call()
    nanos = []
    for _ in range(calls):
        start = time.perf_counter_ns()
        call()
        nanos.append(time.perf_counter_ns() - start)
    return nanos


def logger(spool, calls):
    log = TACLogger(spool_dir=spool)
    session_id = log.start_session()
    log.log_worker(session_id, "w-abc123", "gh-450", "spawned")
    return timed(lambda: log.log_api_call("w-abc123", "claude-sonnet-4-5", **CALL), calls)


def sqlite(database, calls, pragma="PRAGMA journal_mode"):
    connection = sqlite3.connect(database)
    connection.execute(pragma)
    connection.executescript("""
        CREATE TABLE api_calls (call_id INTEGER PRIMARY KEY AUTOINCREMENT, worker_id TEXT NOT NULL, timestamp TIMESTAMP NOT NULL,
            model TEXT NOT NULL, tokens_input INTEGER, tokens_output INTEGER, tokens_total INTEGER, estimated_cost_usd REAL,
            duration_ms REAL, success BOOLEAN);
        CREATE INDEX idx_api_calls_timestamp ON api_calls(timestamp);
        CREATE INDEX idx_api_calls_worker ON api_calls(worker_id);""")
    if "WAL" in pragma:
        connection.execute("PRAGMA synchronous = NORMAL")

    def call():
        connection.execute(
            "INSERT INTO api_calls (worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd,"
            " duration_ms, success) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ("w-abc123", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "claude-sonnet-4-5", 5000, 2000, 7000, 0.045, 3200, True))
        connection.commit()

    return timed(call, calls)


def visible(database, calls):
    log = TACLogger()
    while not pathlib.Path(database).exists():
        time.sleep(0.01)
    reader = sqlite3.connect(pathlib.Path(database).as_uri() + "?mode=rw", uri=True, timeout=30)
    reader.execute("PRAGMA query_only = ON")
    nanos = []
    for i in range(calls):
        time.sleep(random.random() * 0.5)
        start = time.perf_counter_ns()
        log.log_event("s1", "visible", "info", "An event", id=f"visible-{i}")
        while not reader.execute("SELECT 1 FROM events WHERE record_id = ?", (f"visible-{i}",)).fetchone():
            time.sleep(0.001)
        nanos.append(time.perf_counter_ns() - start)
    return nanos


what, where, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
measured = sorted({"logger": logger, "sqlite": sqlite, "visible": visible,
                   "sqlite-wal": lambda database, calls: sqlite(database, calls, "PRAGMA journal_mode = WAL")}[what](where, calls))
print(measured[calls // 2] / 1000, measured[calls * 99 // 100] / 1000, measured[-1] / 1000)
