"""What a coordinator's author would write in Python instead: sqlite3, 1,000 records a transaction, one thread.

Arguments: "same" or "lean", the product's sql folder, the database, a file that is stored untimed or "-", and what is timed: files, or a folder of
them, each of which ends a transaction. It uses the product's own schema and statements and assumes that every line is good. "same" has the
product's settings; "lean" is the least that one would do: WAL, synchronous NORMAL, the first design's indexes only.
"""
import json
import pathlib
import re
import sqlite3
import sys
import time

BATCH_RECORDS = 1000
# As the product runs them on records that are all new.
STATEMENTS = ("join-sessions", "join-tasks", "join-workers", "insert-events", "insert-api-calls")
TOKENS = ("tokens_input", "tokens_output", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")


SETTINGS = {"same": "journal_mode = TRUNCATE; PRAGMA synchronous = FULL", "lean": "journal_mode = WAL; PRAGMA synchronous = NORMAL"}
# Those of the product beyond the first design's.
FURTHER_INDEXES = ("idx_events_context", "idx_api_calls_task", "idx_api_calls_session", "idx_tasks_session", "idx_workers_session", "idx_workers_task")


def main(mode, sql, database, warm_up, *files):
    sql = pathlib.Path(sql)
    if pathlib.Path(files[0]).is_dir():
        files = sorted(pathlib.Path(files[0]).iterdir())
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript(f"""
        PRAGMA foreign_keys = ON; PRAGMA {SETTINGS[mode]};
        PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;""" + (sql / "open-store.sql").read_text()
        + (sql / "schema.sql").read_text())
    if mode == "lean":
        for index in FURTHER_INDEXES:
            connection.execute(f"DROP INDEX {index}")
    joins = [re.sub(r":#(\w+)", r":\1", (sql / f"ingest/{name}.sql").read_text()) for name in STATEMENTS]
    removals = [f"DELETE FROM {table} WHERE {key} = 'unknown'" + "".join(f" AND NOT EXISTS (SELECT 1 FROM {child} WHERE {key} = 'unknown')" for child in children)
                for table, key, children in (("tasks", "task_id", ["workers"]), ("sessions", "session_id", ["tasks", "workers", "events"]))]
    empty = [dict.fromkeys(re.findall(r":(\w+)", join)) for join in joins]

    def store_file(path):
        with open(path, "rb") as lines:
            batch = []
            for line in lines:
                batch.append(json.loads(line))
                if len(batch) == BATCH_RECORDS:
                    store(batch)
                    batch = []
            if batch:
                store(batch)

    def store(batch):
        rows = rows_of(batch, empty)
        connection.execute("BEGIN IMMEDIATE")
        for join, table in zip(joins, rows):
            connection.executemany(join, table)
        for removal in removals:
            connection.execute(removal)
        connection.execute("COMMIT")

    if warm_up != "-":
        store_file(warm_up)
    start, cpu = time.perf_counter(), time.process_time()
    for path in files:
        store_file(path)
    print(f"seconds={time.perf_counter() - start} cpu={time.process_time() - cpu}")
    connection.close()


def rows_of(batch, empty):
    """The rows of five tables that a batch of records is: the records' own, and before them the parents that they name."""
    sessions, tasks, workers = {}, {}, {}
    own_sessions, own_tasks, own_workers, events, calls = [], [], [], [], []

    def least(named, key, row, column, at):
        known = named.get(key)
        if known is None:
            named[key] = row | {column: at}
            return True
        if known[column] <= at:
            return False
        known[column] = at
        return True

    def name_session(session, at):
        least(sessions, session, empty[0] | {"session_id": session}, "started_at", at)

    def name_task(task, session, at):
        if least(tasks, (task, session), empty[1] | {"task_id": task, "session_id": session, "status": "detected"},
                 "detected_at", at):
            name_session(session, at)

    def name_worker(worker, task, session, at):
        known = workers.get((worker, task, session))
        if known is not None and known["spawned_at"] <= at:
            return
        least(workers, (worker, task, session), empty[2] | {"worker_id": worker, "task_id": task, "session_id": session,
                                                            "status": "spawned"}, "spawned_at", at)
        name_task(task, session, at)

    for record in batch:
        kind, at = record["type"], record["timestamp"]
        if kind == "api_call":
            name_worker(record["worker_id"], record["task_id"], record["session_id"], at)
            row = empty[4] | record
            row["record_id"] = record["id"]
            row["own_session_id"], row["own_task_id"] = record["session_id"], record["task_id"]
            if row["tokens_total"] is None:
                row["tokens_total"] = sum(record.get(tokens) or 0 for tokens in TOKENS)
            row["success"] = record.get("success", True)
            if row["estimated_cost_usd"] is not None:
                row["cost_source"] = "reported"
            calls.append(row)
        elif kind == "event":
            if record["session_id"] not in sessions or sessions[record["session_id"]]["started_at"] > at:
                name_session(record["session_id"], at)
            row = empty[3] | record
            row["record_id"] = record["id"]
            row["severity"] = record.get("severity", "info")
            if row["details"] is not None:
                row["details"] = json.dumps(row["details"], separators=(",", ":"), ensure_ascii=False)
            events.append(row)
        elif kind == "worker":
            name_task(record["task_id"], record["session_id"], at)
            own_workers.append(empty[2] | record | {
                "spawned_at": at, "completed_at": None if record["status"] == "spawned" else at})
        elif kind == "task":
            name_session(record["session_id"], at)
            status = record["status"]
            own_tasks.append(empty[1] | record | {
                "detected_at": at, "started_at": at if status == "active" else None,
                "completed_at": at if status == "completed" else None, "failed_at": at if status == "failed" else None})
        else:
            row = empty[0] | record | {"started_at": at, "ended_at": at if record["status"] == "ended" else None}
            if row["config"] is not None:
                row["config"] = json.dumps(row["config"], separators=(",", ":"), ensure_ascii=False)
            own_sessions.append(row)
    return ([*sessions.values(), *own_sessions], [*tasks.values(), *own_tasks], [*workers.values(), *own_workers], events, calls)


if __name__ == "__main__":
    main(*sys.argv[1:])
