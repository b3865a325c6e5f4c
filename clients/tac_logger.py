"""Logs what a coordinator does into a tac8 spool. One file, Python 3.9 or later, nothing to install.

    from tac_logger import TACLogger

    logger = TACLogger()
    session_id = logger.start_session({"max_workers": 3}, "4f2a9c1")
    logger.log_task(session_id, "gh-450", "detected", issue_number=450)
    logger.log_worker(session_id, "w-abc123", "gh-450", "spawned", pid=12345)
    logger.log_api_call("w-abc123", "claude-sonnet-4-5", tokens_input=5000, tokens_output=2000, estimated_cost_usd=0.045)
    logger.end_session(session_id)

A call appends one line to a hidden file in the spool and returns: it waits neither for a database nor for an fsync, and raises nothing.
Written lines survive a kill of this process. A background thread publishes the file about once a second, and again at exit. While the
disk is full, records wait in memory. docs/record-format.md says what the service takes, and under which lock a file is written.
"""
from __future__ import annotations

import atexit
import collections
import datetime
import errno
import fcntl
import functools
import hashlib
import json
import logging
import math
import operator
import os
import queue
import re
import stat
import sys
import threading
import time
import weakref
from typing import Any, Callable, Optional, TypeVar

__all__ = ["TACLogger"]

LOG = logging.getLogger("tac_logger")

#: Only files with this name may be published by a process other than their writer: the name says that a lock guards them.
_PART = re.compile(r"\.(\d{8}T\d{9}Z-logger-[A-Za-z0-9-]+)\.part")
_BATCH_BYTES = 256 * 1024
#: Below the service's own limit (tac8.ingest.max-line-bytes).
_MAX_LINE_BYTES = 4_000_000
#: A line as short as this cannot hold anything nested too deep, or a number with too many digits.
_HARMLESS_BYTES = 1000
_LONG_NUMBER = re.compile(rb"[-+.0-9eE]{1001}")
_MAX_DEPTH = 50
_MAX_COUNT = 2**53 - 1
_MAX_WORKERS_KNOWN = 10_000
#: What rows are found by, and the most bytes of UTF-8 that it has.
_KEYS = ("session_id", "worker_id", "task_id", "event_type", "context_id")
_MAX_KEY_BYTES = 800
_SHORT_TEXT = 100
_CLOSE_SECONDS = 10.0
#: A call holds the lock for microseconds; only one that a signal handler has interrupted, which then waits here, holds it longer.
_LOCK_SECONDS = 0.5

_TASK = ("detected", "active", "completed", "failed")
_WORKER = ("spawned", "completed", "failed")
_EXIT = ("normal", "error", "signal")
_COST_SOURCE = ("reported", "calculated")
_SEVERITY = {"debug": "debug", "info": "info", "warning": "warning", "error": "error",
             "warn": "warning", "critical": "error", "fatal": "error"}

#: Names of the parts that are open in this process: opening and closing such a file would drop its lock. One set for the process,
#: even if this file is imported under two names.
_OPEN: set = vars(sys).setdefault("_tac8_open_parts", set())
_LOGGERS: "weakref.WeakSet[TACLogger]" = weakref.WeakSet()


class _Refused(Exception):
    """The call did not make a valid record."""


# --- Values ---


def _text(value: Any) -> str:
    """Any value as text; never raises."""
    try:
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, (bytes, bytearray)):
            return value.decode("utf-8", "replace")
        return str.__str__(str(value))
    except Exception:
        return f"<{type(value).__name__}>"


def _name(value: Any, otherwise: Optional[str], field: str) -> str:
    """Text that a record must have."""
    text = "" if value is None else _text(value)
    if not text and otherwise is None:
        raise _Refused(f"{field} is missing")
    return text or otherwise  # type: ignore[return-value]


def _word(value: Any, words: tuple, field: str) -> str:
    word = _text(value).strip().lower()
    if word not in words:
        raise _Refused(f"{field} is {word[:60]!r}; it must be one of {', '.join(words)}")
    return word


def _whole(value: Any) -> int:
    if isinstance(value, str):
        return int(value)
    if isinstance(value, float):
        if value != math.floor(value):
            raise ValueError(value)
        return int(value)
    if isinstance(value, bool):
        raise ValueError(value)
    return operator.index(value) + 0


def _count(value: Any) -> int:
    if type(value) is not int:
        value = _whole(value)
    if not 0 <= value <= _MAX_COUNT:
        raise ValueError(value)
    return value


def _exit_code(value: Any) -> int:
    return -_count(-value) if type(value) is int and value < 0 else _count(value)


def _amount(value: Any) -> float:
    number = float(value)
    if not 0 <= number < math.inf or isinstance(value, bool):
        raise ValueError(value)
    return number + 0.0


def _flag(value: Any) -> bool:
    if value is True or value is False:
        return value
    if value == 1 or value == 0:
        return bool(value)
    raise ValueError(value)


def _exit_reason(value: Any) -> str:
    return _word(value, _EXIT, "exit_reason")


def _cost_source(value: Any) -> str:
    return _word(value, _COST_SOURCE, "cost_source")


def _severity(value: Any) -> str:
    return _SEVERITY[_text(value).strip().lower()]


def _object(value: Any) -> dict:
    if isinstance(value, dict):
        return value
    try:
        return dict(vars(value))  # argparse.Namespace, a dataclass
    except TypeError:
        return {"value": value}


_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,6})\d*)?(?:[Zz]|([+-]\d\d):?(\d\d))?")


def _timestamp(value: Any) -> str:
    """A datetime, seconds since 1970 or ISO 8601 text as the format has it. Without a zone it is local time, as in Python."""
    if isinstance(value, datetime.datetime):
        moment = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        moment = datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    else:
        match = _TIME.fullmatch(_text(value).strip())
        if not match:
            raise ValueError(value)
        date, clock, decimals, hours, minutes = match.groups()
        zone = f"{hours}:{minutes}" if hours else "+00:00" if match[0][-1] in "Zz" else ""
        moment = datetime.datetime.fromisoformat(f"{date}T{clock}.{(decimals or '0').ljust(6, '0')}{zone}")
    return moment.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds")[:23] + "Z"


#: The optional fields of all types; a name means the same in each type.
_FIELDS: dict = {
    "git_commit": _text, "config": _object, "exit_reason": _exit_reason, "issue_number": _count, "title": _text, "pr_number": _count,
    "pid": _count, "exit_code": _exit_code, "log_file": _text, "severity": _severity, "context_type": _text, "context_id": _text,
    "details": _object, "tokens_input": _count, "tokens_output": _count, "tokens_total": _count, "cache_read_tokens": _count,
    "cache_write_5m_tokens": _count, "cache_write_1h_tokens": _count, "estimated_cost_usd": _amount, "cost_source": _cost_source,
    "price_version": _text, "usage": _object, "duration_ms": _amount, "success": _flag, "session_id": _text, "task_id": _text, "timestamp": _timestamp,
}


_second = (0, "")


def _now() -> str:
    global _second
    nanos = time.time_ns()
    seconds = nanos // 1_000_000_000
    known, text = _second
    if known != seconds:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        _second = (seconds, text)
    return f"{text}.{nanos // 1_000_000 % 1000:03d}Z"


class _Ids:
    """UUIDs of version 7, each greater than the one before it. The coordinator's own random.seed() does not affect them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """For a process that was forked off: it must not continue its parent's counter."""
        self._lock = threading.RLock()
        self._last = 0

    def next(self) -> str:
        with self._lock:
            value = (time.time_ns() // 1_000_000) << 74 | int.from_bytes(os.urandom(10), "big") >> 6
            if value <= self._last:
                value = self._last + 1 + int.from_bytes(os.urandom(4), "big")
            self._last = value
        bits = (value >> 74) << 80 | 7 << 76 | (value >> 62 & 0xFFF) << 64 | 2 << 62 | value & (1 << 62) - 1
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_ids = _Ids()


# --- Lines ---


def _readable(value: Any) -> Any:
    """Converts a value that JSON cannot express."""
    return list(value) if isinstance(value, (set, frozenset, collections.deque)) else _text(value)


_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_readable)


def _to_line(record: dict) -> bytes:
    # A lone surrogate is not valid text, and would cost the whole line; it becomes a question mark.
    return (_JSON.encode(record) + "\n").encode("utf-8", "replace")


def _cut_keys(record: dict) -> None:
    """Cuts what rows are found by where it is too long, and keeps the whole of it under ``invalid``."""
    for field in _KEYS:
        value = record.get(field)
        if isinstance(value, str) and 4 * len(value) > _MAX_KEY_BYTES:
            # U+0000 is stored as its symbol, which takes three bytes.
            text = value.replace("\0", "\u2400").encode("utf-8", "replace")
            if len(text) > _MAX_KEY_BYTES:
                # Two ids that differ only behind the cut stay two.
                end = "... " + hashlib.sha256(text).hexdigest()[:16]
                record[field] = text[:_MAX_KEY_BYTES - len(end)].decode("utf-8", "ignore") + end
                _set_aside(record, field, value)


def _line(record: dict) -> bytes:
    """A record as a line that the format takes. Odd values are made plain, endless ones are cut."""
    try:
        line = _to_line(record)
        if len(line) <= _HARMLESS_BYTES or (len(line) <= _MAX_LINE_BYTES and line.count(b"{") + line.count(b"[") < 1000
                                            and not _LONG_NUMBER.search(line)):
            return line
    except Exception:
        pass  # NaN, a circle, a key that is no text, a size that changes meanwhile: made plain below
    line = _to_line(_Plain(_MAX_LINE_BYTES).make(record))
    if len(line) > _MAX_LINE_BYTES:
        # A character takes up to six bytes.
        line = _to_line(_Plain(_MAX_LINE_BYTES // 8).make(record))
    return line


class _Plain:
    """Turns a value into one that JSON and the format can hold, in about this many characters at most."""

    def __init__(self, room: int) -> None:
        self._room = room

    def make(self, value: Any, depth: int = 0) -> Any:
        if value is None or value is True or value is False:
            return value
        if isinstance(value, int):
            number = int.__int__(value)
            return number if -(2**63) <= number < 2**63 else self._cut(_text(number))
        if isinstance(value, float):
            real = float.__float__(value)
            return real if math.isfinite(real) else str(real)
        if depth < _MAX_DEPTH:
            if isinstance(value, dict):
                made = {}
                for key, item in value.items():
                    # The record's own fields are few, and it needs them.
                    if not self._takes(8) and depth > 0:
                        made["..."] = "cut"
                        break
                    made[self._cut(_text(key))] = self.make(item, depth + 1)
                return made
            if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
                items = []
                for item in value:
                    if not self._takes(8):
                        items.append("... cut")
                        break
                    items.append(self.make(item, depth + 1))
                return items
        return self._cut(_text(value))

    def _takes(self, characters: int) -> bool:
        self._room -= characters
        return self._room > 0

    def _cut(self, text: str) -> str:
        if len(text) > _SHORT_TEXT and len(text) > self._room:
            text = text[:max(_SHORT_TEXT, self._room)] + "... cut"
        self._room -= len(text)
        return text


# --- Files ---


class _Part:
    """A file that is being written: hidden, and locked for as long as this process has it open."""

    _made = 0

    def __init__(self, spool: str, name: str, fd: int) -> None:
        self.spool = spool
        self.name = name
        self.fd = fd
        self.size = 0
        self.whole = True

    @staticmethod
    def create(spool: str) -> "_Part":
        while True:
            _Part._made += 1
            millis = time.time_ns() // 1_000_000
            at = time.strftime("%Y%m%dT%H%M%S", time.gmtime(millis // 1000))
            name = f"{at}{millis % 1000:03d}Z-logger-{os.getpid()}-{os.urandom(4).hex()}-{_Part._made:06d}"
            _OPEN.add(name)
            part = None
            try:
                part = _Part(spool, name, _open(_path(spool, name), os.O_CREAT | os.O_EXCL, spool))
                # A process that looks for abandoned parts may have come between the two steps; then the file is theirs.
                if _lock(part.fd) and part.is_in_place():
                    return part
                part.close()
            except BaseException:
                _OPEN.discard(name)
                if part is not None:
                    part.close()
                raise

    @property
    def path(self) -> str:
        return _path(self.spool, self.name)

    def is_in_place(self) -> bool:
        return _is_at(self.fd, self.path)

    def write(self, lines: bytes) -> None:
        """Appends whole lines, in one system call, so that a kill cannot tear them."""
        self.whole = False
        if os.write(self.fd, lines) != len(lines):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.whole = True
        self.size += len(lines)

    def mend(self) -> bool:
        """Cuts off what a failed write has left, so that the next line does not begin behind half a line."""
        try:
            _cut_torn_line(self.fd)
            self.whole = True
        except OSError:
            pass
        return self.whole

    def publish(self) -> None:
        """Gives the file to the service; an empty one is removed."""
        if not self.whole:
            _cut_torn_line(self.fd)
        if os.fstat(self.fd).st_size == 0:
            if self.is_in_place():
                os.unlink(self.path)
        else:
            os.fsync(self.fd)
            if not self.is_in_place():
                # Another process has taken it, and later lines have not been read. Each record has its id, so all of them may come twice.
                self._write_again()
            else:
                _rename(self.spool, self.name)
        self.close()

    def _write_again(self) -> None:
        other = _Part.create(self.spool)
        try:
            position = 0
            while True:
                content = os.pread(self.fd, _BATCH_BYTES, position)
                if not content:
                    break
                position += len(content)
                other.write(content)
            os.fsync(other.fd)
            _rename(other.spool, other.name)
        finally:
            other.close()

    def close(self) -> None:
        """Lets go of the file, and of its lock."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            os.close(fd)
        _OPEN.discard(self.name)


def _path(spool: str, name: str) -> str:
    return os.path.join(spool, f".{name}.part")


def _open(path: str, flags: int, spool: str) -> int:
    flags |= os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
        os.makedirs(spool, exist_ok=True)
        return os.open(path, flags, 0o666)


def _lock(fd: int) -> bool:
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError as error:
        # On a file system without locks, no process gets one, so no process takes a part away.
        return error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


def _is_at(fd: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(path))
    except FileNotFoundError:
        return False


def _cut_torn_line(fd: int) -> None:
    """Cuts off everything behind the last LF."""
    end = size = os.fstat(fd).st_size
    while end > 0:
        begin = max(0, end - 65536)
        block = os.pread(fd, end - begin, begin)
        newline = block.rfind(b"\n")
        end = begin + newline + 1 if newline >= 0 else begin
        if newline >= 0:
            break
    if end != size:
        os.ftruncate(fd, end)


def _rename(spool: str, name: str) -> None:
    os.rename(_path(spool, name), os.path.join(spool, f"{name}.jsonl"))
    folder = os.open(spool, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    except OSError:
        pass  # not every file system supports this; the file has its name already
    finally:
        os.close(folder)


def _publish_abandoned(spool: str) -> None:
    """Publishes what loggers that were killed have left in the spool."""
    try:
        names = [match[1] for match in map(_PART.fullmatch, sorted(os.listdir(spool))) if match and match[1] not in _OPEN]
    except OSError:
        return  # there is no spool yet
    for name in names:
        try:
            _take(spool, name)
        except FileNotFoundError:
            continue  # another process was quicker
        except OSError as error:
            LOG.warning("%s is left of a logger that is gone and cannot be published: %s", _path(spool, name), error)


def _take(spool: str, name: str) -> None:
    path = _path(spool, name)
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return
    fd = _open(path, 0, spool)
    _OPEN.add(name)
    try:
        # Without locks there is no way to know that its writer is gone. With the lock, check: is it still the same file?
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _is_at(fd, path):
            return
        _cut_torn_line(fd)
        if os.fstat(fd).st_size == 0:
            os.unlink(path)
        elif os.path.lexists(os.path.join(spool, f"{name}.jsonl")):
            LOG.warning("%s stays, as %s.jsonl is there already", path, name)
        else:
            os.fsync(fd)
            _rename(spool, name)
            LOG.info("%s.jsonl is published: the logger that wrote it is gone", name)
    except (BlockingIOError, PermissionError):
        pass  # its writer lives
    finally:
        os.close(fd)
        _OPEN.discard(name)


_SPOOL_DIR = re.compile(r"\s*tac8\.spool\.dir(?:\s*[=:]|\s)(.*)")


def _default_spool() -> str:
    """The spool of the environment, or else of the checkout that this file lies in."""
    home = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    spool = os.environ.get("TAC8_SPOOL_DIR", "").strip()
    try:
        with open(os.path.join(home, "application.properties"), encoding="utf-8", errors="replace") as lines:
            # As Java reads it: blanks around the sign are allowed, and of two lines the last counts.
            set_there = [match[1] for match in map(_SPOOL_DIR.match, lines) if match]
        spool = spool or (set_there[-1].strip() if set_there else "")
    except OSError:
        if not spool:
            LOG.warning("no tac8 is at %s, and neither spool_dir nor TAC8_SPOOL_DIR says where the spool is: records go to %s", home,
                        os.path.join(home, "var", "spool"))
    return os.path.join(home, spool or os.path.join("var", "spool"))


# --- The logger ---

_Method = TypeVar("_Method", bound=Callable[..., Any])


def _never_raises(method: _Method) -> _Method:
    """Keeps every fault, that of the call itself included, from the coordinator."""

    @functools.wraps(method)
    def call(self: "TACLogger", /, *args: Any, **fields: Any) -> Any:
        try:
            return method(self, *args, **fields)
        except Exception as error:
            self._refuse(method.__name__, error)
            return self._session if method.__name__ == "start_session" else None

    return call  # type: ignore[return-value]


class TACLogger:
    """Logs sessions, tasks, workers, events and API calls. Safe for threads, for forks, and in signal handlers.

    :param db_path: accepted for older callers and never opened: the service alone writes the database
    :param spool_dir: the spool; without it TAC8_SPOOL_DIR, or the spool of the checkout that this file lies in
    :param publish_seconds: how often the file is given to the service
    :param publish_bytes: a file of this size is given away at once
    :param memory_bytes: how much may wait in memory while the disk takes nothing; records beyond that are dropped, and counted

    ``dropped`` counts the records dropped for lack of room, ``refused`` the calls that did not make a valid record.

    Every method takes ``timestamp`` (a datetime, seconds since 1970, or ISO 8601 text) and any further field: it stays in the JSONL.
    An optional value that its field cannot hold stands there under ``invalid``.
    """

    def __init__(self, db_path: Any = None, *, spool_dir: Any = None, publish_seconds: float = 1.0, publish_bytes: int = 8 << 20,
                 memory_bytes: int = 64 << 20) -> None:
        self.spool_dir: str = os.path.abspath(_default_spool() if spool_dir is None else _text(spool_dir))
        self.dropped = 0
        self.refused = 0
        self._publish_seconds = publish_seconds
        self._publish_bytes = publish_bytes
        self._memory_bytes = memory_bytes
        self._session: str = "unknown"
        self._workers: dict = {}
        self._start_afresh()
        _LOGGERS.add(self)
        self._start_thread()

    def _start_afresh(self) -> None:
        """Forgets the files of another process: the one that this one was forked off."""
        self._lock = threading.RLock()
        self._publishing = threading.RLock()
        # Unlike an Event, it may be used in a signal handler that has interrupted another use of it. True ends the thread.
        self._wake: "queue.SimpleQueue[bool]" = queue.SimpleQueue()
        self._thread: Optional[threading.Thread] = None
        self._busy = False
        self._part: Optional[_Part] = None
        self._finished: "collections.deque[_Part]" = collections.deque()
        self._waiting: "collections.deque[bytes]" = collections.deque()
        self._waiting_bytes = 0
        self._dropped_unsaid = 0
        self._failure: Optional[Exception] = None
        self._failure_said = False

    # --- What the coordinator calls ---

    @_never_raises
    def start_session(self, config: Any = None, git_info: Any = None, *, session_id: Any = None, timestamp: Any = None,
                      **more: Any) -> str:
        """Begins a session, and returns its id.

        :param config: the settings that count, as a dict
        :param git_info: the commit as text, or a dict with ``git_commit`` or ``commit``
        """
        session = time.strftime("s-%Y%m%dT%H%M%S-", time.gmtime()) + os.urandom(4).hex() if session_id is None else ""
        self._session = session or _text(session_id) or "unknown"
        record = self._record("session", timestamp, more)
        record["session_id"] = session = self._session
        record["status"] = "started"
        if isinstance(git_info, dict):
            _put(record, "git_commit", git_info.get("git_commit") or git_info.get("commit"))
            record.setdefault("git_info", git_info)
        else:
            _put(record, "git_commit", git_info)
        _put(record, "config", config)
        self._log(record, more)
        return session

    @_never_raises
    def end_session(self, session_id: Any = None, exit_reason: Any = "normal", *, timestamp: Any = None, **more: Any) -> None:
        """Ends a session: ``normal``, ``error`` or ``signal``."""
        record = self._record("session", timestamp, more)
        record["session_id"] = _name(session_id, self._session, "session_id")
        record["status"] = "ended"
        _put(record, "exit_reason", exit_reason)
        self._log(record, more)

    @_never_raises
    def log_task(self, session_id: Any, task_id: Any, status: Any, issue_number: Any = None, title: Any = None, pr_number: Any = None,
                 *, timestamp: Any = None, **more: Any) -> None:
        """Logs what became of a task: ``detected``, ``active``, ``completed`` or ``failed``."""
        record = self._record("task", timestamp, more)
        record["session_id"] = _name(session_id, self._session, "session_id")
        record["task_id"] = _name(task_id, None, "task_id")
        record["status"] = _word(status, _TASK, "status")
        _put(record, "issue_number", issue_number)
        _put(record, "title", title)
        _put(record, "pr_number", pr_number)
        self._log(record, more)

    @_never_raises
    def log_worker(self, session_id: Any, worker_id: Any, task_id: Any, status: Any, pid: Any = None, exit_code: Any = None,
                   log_file: Any = None, *, timestamp: Any = None, **more: Any) -> None:
        """Logs what became of a worker: ``spawned``, ``completed`` or ``failed``."""
        record = self._record("worker", timestamp, more)
        record["session_id"] = session = _name(session_id, self._session, "session_id")
        record["worker_id"] = worker = _name(worker_id, None, "worker_id")
        record["task_id"] = task = _name(task_id, "unknown", "task_id")
        record["status"] = _word(status, _WORKER, "status")
        _put(record, "pid", pid)
        _put(record, "exit_code", exit_code)
        _put(record, "log_file", log_file)
        self._know(worker, session, task)
        self._log(record, more)

    @_never_raises
    def log_event(self, session_id: Any, event_type: Any, severity: Any = "info", message: Any = None, context_type: Any = None,
                  context_id: Any = None, details: Any = None, *, timestamp: Any = None, **more: Any) -> None:
        """Logs anything else: a trigger, a decision, an error. The severity is ``debug``, ``info``, ``warning`` or ``error``."""
        record = self._record("event", timestamp, more)
        record["session_id"] = _name(session_id, self._session, "session_id")
        record["event_type"] = _name(event_type, "unknown", "event_type")
        _put(record, "severity", severity)
        record["message"] = _name(message, "(no message)", "message")
        _put(record, "context_type", context_type)
        _put(record, "context_id", context_id)
        _put(record, "details", details)
        self._log(record, more)

    @_never_raises
    def log_api_call(self, worker_id: Any, model: Any, tokens_input: Any = None, tokens_output: Any = None,
                     estimated_cost_usd: Any = None, duration_ms: Any = None, success: Any = True, *, tokens_total: Any = None,
                     cache_read_tokens: Any = None, cache_write_5m_tokens: Any = None, cache_write_1h_tokens: Any = None,
                     cost_source: Any = None, price_version: Any = None, usage: Any = None, message_id: Any = None, agent: Any = "claude",
                     session_id: Any = None, task_id: Any = None, timestamp: Any = None, **more: Any) -> None:
        """Logs one call of a model and what it cost. Session and task are those of the worker, if it was logged before.

        :param cost_source: ``reported``, as a cost is without it, or ``calculated``, as it is with a ``price_version``
        :param message_id: the agent's own id of the answer, by which the call is the one that ``./tac8 import`` finds in that agent's files
        :param agent: the agent whose id that is: ``claude``, ``codex`` or ``gemini``
        """
        message = "" if message_id is None else _text(message_id).strip()
        if message:
            more.setdefault("id", f"{_text(agent)}:{message}")
        record = self._record("api_call", timestamp, more)
        # A cost is never refused because a name is missing.
        record["worker_id"] = worker = _name(worker_id, "unknown", "worker_id")
        record["model"] = _name(model, "unknown", "model")
        session, task = self._workers.get(worker, (None, None))
        _put(record, "session_id", session if session_id is None else session_id)
        _put(record, "task_id", task if task_id is None else task_id)
        _put(record, "tokens_input", tokens_input)
        _put(record, "tokens_output", tokens_output)
        _put(record, "tokens_total", tokens_total)
        _put(record, "cache_read_tokens", cache_read_tokens)
        _put(record, "cache_write_5m_tokens", cache_write_5m_tokens)
        _put(record, "cache_write_1h_tokens", cache_write_1h_tokens)
        _put(record, "estimated_cost_usd", estimated_cost_usd)
        _put(record, "cost_source", cost_source)
        _put(record, "price_version", price_version)
        _put(record, "usage", usage)
        _put(record, "duration_ms", duration_ms)
        _put(record, "success", success)
        self._log(record, more)

    @_never_raises
    def flush(self, timeout: float = _CLOSE_SECONDS) -> bool:
        """Publishes everything logged so far. False if not all of it could be."""
        return self._publish(timeout) and not self._waiting

    @_never_raises
    def close(self, timeout: float = _CLOSE_SECONDS) -> None:
        """Publishes everything and stops the thread. Records logged afterwards begin a new file."""
        wake = self._wake
        thread, self._thread = self._thread, None
        wake.put(True)
        if thread is not None and thread.ident is not None and thread is not threading.current_thread():
            thread.join(timeout)
        self._publish(timeout, last=True)
        self._say_failure()
        if self._waiting:
            LOG.error("records that found no room in %s and are lost with this process: %d", self.spool_dir, len(self._waiting))

    def __enter__(self) -> "TACLogger":
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    # --- Records ---

    @staticmethod
    def _record(kind: str, timestamp: Any, more: dict) -> dict:
        given = more.pop("id", None) if more else None
        record = {"type": kind, "timestamp": _now(), "id": _text(given)[:128] if given else _ids.next()}
        if timestamp is not None:
            _put(record, "timestamp", timestamp)
        return record

    def _log(self, record: dict, more: dict) -> None:
        for field, value in more.items():
            if field not in record:
                if field in _FIELDS:
                    _put(record, field, value)
                else:
                    record[field] = value
            elif field == "invalid":
                _set_aside(record, field, value)
        _cut_keys(record)
        self._append(_line(record))

    def _know(self, worker: str, session: str, task: str) -> None:
        self._workers[worker] = (session, task)
        if len(self._workers) > _MAX_WORKERS_KNOWN:
            self._workers.pop(next(iter(self._workers)), None)

    def _refuse(self, method: str, error: Exception) -> None:
        try:
            self.refused += 1
            if self.refused == 1:
                LOG.error("%s was called with what makes no record (%s); it was not logged, and further such calls are only counted",
                          method, _text(error))
        except Exception:
            pass  # a handler of the coordinator's that fails

    # --- Writing: in the coordinator's own thread ---

    def _append(self, line: bytes) -> None:
        if self._thread is None:
            self._start_thread()
        with self._lock:
            if self._busy:
                # A signal handler has interrupted a call of this very thread.
                self._write_aside(line)
                return
            try:
                self._busy = True
                if self._waiting or not self._write(line):
                    self._keep(line)
            finally:
                self._busy = False

    def _write(self, lines: bytes) -> bool:
        part = self._part
        try:
            if part is None:
                part = self._part = _Part.create(self.spool_dir)
            part.write(lines)
        except OSError as error:
            self._failure = error
            if part is not None and not part.mend():
                self._retire(part)
            return False
        if part.size >= self._publish_bytes:
            self._retire(part)
            self._wake.put(False)
        return True

    def _write_aside(self, line: bytes) -> None:
        try:
            part = _Part.create(self.spool_dir)
            part.write(line)
            self._finished.append(part)
        except OSError:
            self._keep(line)

    def _retire(self, part: _Part) -> None:
        self._finished.append(part)
        self._part = None

    def _keep(self, line: bytes) -> None:
        if self._waiting_bytes + len(line) > self._memory_bytes:
            self.dropped += 1
            self._dropped_unsaid += 1
        else:
            self._waiting.append(line)
            self._waiting_bytes += len(line)

    # --- Publishing: in a thread of its own, or in the one that calls flush() ---

    def _start_thread(self) -> None:
        self._wake = queue.SimpleQueue()
        thread = threading.Thread(target=self._run, args=(self._wake,), name="tac_logger", daemon=True)
        self._thread = thread
        try:
            thread.start()
        except RuntimeError:
            pass  # no thread can be had, as when the process is about to end: close() publishes

    def _run(self, wake: "queue.SimpleQueue[bool]") -> None:
        try:
            _publish_abandoned(self.spool_dir)
        except Exception as error:
            self._failure = error
        while True:
            try:
                if wake.get(timeout=self._publish_seconds):
                    return
            except queue.Empty:
                pass
            try:
                self._publish(-1)
            except Exception as error:
                self._failure = error
            self._say_failure()

    def _publish(self, timeout: float, last: bool = False) -> bool:
        if not self._publishing.acquire(timeout=timeout):
            return False
        try:
            self._empty_memory()
            self._change_part(last)
            whole = True
            for _ in range(len(self._finished)):
                part = self._finished.popleft()
                try:
                    part.publish()
                except OSError as error:
                    self._failure = error
                    if part.fd >= 0:
                        # Its disk may be gone for ever; the later ones lie on the disk that is there now.
                        self._finished.append(part)
                        whole = False
            if whole and not self._waiting and not self._dropped_unsaid:
                self._failure = None
            return whole
        finally:
            self._publishing.release()

    def _empty_memory(self) -> None:
        """Writes the records that waited for room, and then how many were dropped."""
        while self._waiting or self._dropped_unsaid:
            if not self._lock.acquire(timeout=_LOCK_SECONDS):
                return
            try:
                if self._busy:
                    return
                lines, dropped = self._batch(), 0
                if not lines:
                    dropped = self._dropped_unsaid
                    lines = [self._dropped_line(dropped)]
                if not self._write(b"".join(lines)):
                    return
                self._dropped_unsaid -= dropped
                if not dropped:
                    for line in lines:
                        self._waiting.popleft()
                        self._waiting_bytes -= len(line)
            finally:
                self._lock.release()

    def _batch(self) -> list:
        lines: list = []
        size = 0
        for line in self._waiting:
            size += len(line)
            if lines and size > _BATCH_BYTES:
                break
            lines.append(line)
        return lines

    def _dropped_line(self, count: int) -> bytes:
        record = self._record("event", None, {})
        record.update(session_id=self._session, event_type="records_dropped", severity="error", context_type="coordinator",
                      message=f"records that found no room on the disk nor in memory and are lost: {count}",
                      details={"records": count, "spool": self.spool_dir, "pid": os.getpid()})
        return _line(record)

    def _change_part(self, last: bool) -> None:
        part = self._part
        # An empty one stays in use; but if writing fails, its disk may be gone, and another may have come to the same place.
        if part is None or (part.size == 0 and not last and self._failure is None):
            return
        new = None
        if not last:
            try:
                new = _Part.create(self.spool_dir)
            except OSError as error:
                self._failure = error
        part = new
        if self._lock.acquire(timeout=_LOCK_SECONDS):
            try:
                # Otherwise this is a signal handler in the middle of a write to this part.
                if not self._busy:
                    part, self._part = self._part, new
            finally:
                self._lock.release()
        if part is not None:
            self._finished.append(part)

    def _say_failure(self) -> None:
        """Says once what is wrong, and once that it is over; never under a lock, because the log may come back here as an event."""
        failure, said = self._failure, self._failure_said
        try:
            if failure is not None and not said:
                self._failure_said = True
                LOG.warning("cannot write to %s (%s); records wait in memory, up to %d MiB, until there is room", self.spool_dir,
                            failure, self._memory_bytes >> 20)
            elif failure is None and said:
                self._failure_said = False
                LOG.warning("writes to %s again; records dropped so far: %d", self.spool_dir, self.dropped)
        except Exception:
            pass  # a handler of the coordinator's that fails

    def _forked(self) -> None:
        """In the child: lets go of the parent's files, which the parent writes and publishes."""
        parts = [*self._finished] + ([self._part] if self._part is not None else [])
        self._start_afresh()
        for part in parts:
            fd, part.fd = part.fd, -1
            try:
                os.close(fd)
            except OSError:
                pass


def _put(record: dict, field: str, value: Any) -> None:
    """Sets an optional field; a value that it cannot hold is kept beside it."""
    if value is None:
        return
    try:
        record[field] = _FIELDS[field](value)
    except Exception:
        _set_aside(record, field, _text(value)[:1000])


def _set_aside(record: dict, field: str, value: Any) -> None:
    """Keeps a value that its field cannot hold beside the others, and beside what the caller itself has given as ``invalid``."""
    before = record.get("invalid")
    if not isinstance(before, dict):
        before = {} if before is None else {"invalid": before}
    record["invalid"] = {**before, field: value}


def _after_fork() -> None:
    _ids.forget()
    _OPEN.clear()
    for logger in list(_LOGGERS):
        logger._forked()


def _at_exit() -> None:
    for logger in list(_LOGGERS):
        logger.close()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
