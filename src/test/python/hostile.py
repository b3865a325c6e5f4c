"""Calls the logger with whatever comes to mind, which must neither raise nor give a line that is no record. Arguments: seed, calls."""
import argparse
import collections
import datetime
import decimal
import enum
import logging
import pathlib
import random
import sys

from tac_logger import TACLogger

randomly = random.Random(int(sys.argv[1]))
# What is said once of a call that makes no record.
logging.getLogger("tac_logger").addHandler(logging.NullHandler())


class Unspeakable:
    def __str__(self):
        raise ValueError("no")

    __repr__ = __int__ = __float__ = __index__ = __bool__ = __eq__ = __iter__ = __str__
    __hash__ = None


class Colour(enum.Enum):
    RED = 1


class Strange(str):
    def __str__(self):
        return 5


class Shifty(dict):
    def items(self):
        raise RuntimeError("changed during iteration")


def circle():
    made = {"list": []}
    made["list"].append(made)
    return made


def deep(levels):
    made = []
    for _ in range(levels):
        made = [made] if randomly.random() < 0.5 else {"k": made}
    return made


def wide():
    made = [1]
    for _ in range(12):
        made = [made, made]
    return made


VALUES = [
    lambda: None, lambda: "", lambda: "plain", lambda: 0, lambda: 5, lambda: -1, lambda: 5.0, lambda: 5.5, lambda: 2**53, lambda: 10**30,
    lambda: 10**1200, lambda: 10**6000, lambda: float("nan"), lambda: float("inf"), lambda: -0.0, lambda: 1e308, lambda: True,
    lambda: "\ud800", lambda: "\udc80\ud83d", lambda: "\x00\x1f\u2028\ufeff", lambda: "\\ud800", lambda: "a\nb\r", lambda: "😀" * 200,
    lambda: "x" * 5000, lambda: b"\xff\x00", lambda: bytearray(b"b"), lambda: Unspeakable(), lambda: Strange("strange"),
    lambda: Colour.RED, lambda: object, lambda: {1, 2}, lambda: {Unspeakable: {1}}, lambda: {(1, 2): 3}, lambda: {None: 1, 2.5: 2, True: 3},
    lambda: {"\ud800": float("nan")}, circle, lambda: deep(randomly.randrange(3000)), wide, lambda: Shifty(a=1),
    lambda: collections.deque([1, {2}]), lambda: datetime.datetime.now(), lambda: datetime.datetime.max, lambda: datetime.date.today(),
    lambda: datetime.datetime(1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=14))), lambda: decimal.Decimal("0.045"),
    lambda: decimal.Decimal("NaN"), lambda: pathlib.Path("/tmp"), lambda: argparse.Namespace(a=1, b=Unspeakable()), lambda: iter([1]),
    lambda: (x for x in [1]), lambda: Exception("e"), lambda: 3 + 4j, lambda: memoryview(b"m"), lambda: "2026-11-22T10:00:00Z",
    lambda: "2026-11-22 10:00:00.1234567+01:30", lambda: "2026-11-22T23:59:60Z", lambda: "0001-01-01T00:00:00+05:00", lambda: "2026-02-30T00:00:00Z",
    lambda: 1e18, lambda: "detected", lambda: "Completed ", lambda: "spawned", lambda: "error", lambda: "critical", lambda: "normal",
    lambda: "9" * 5000, lambda: "450", lambda: [float("inf")] * 300, lambda: {"a": [1] * 2000}, lambda: sys, lambda: len,
]
FIELDS = ["session_id", "task_id", "worker_id", "status", "timestamp", "id", "type", "details", "config", "git_info", "exit_reason", "message",
          "severity", "pid", "success", "title", "estimated_cost_usd", "tokens_input", "message_id", "agent",
          "usage", "cost_source", "price_version", "nobody_knows", "invalid", "self", "", "\ud800"]
HUGE = ["x" * 5_000_000, {"text": "\x00" * 2_000_000}, {str(i): "y" * 90 for i in range(60_000)}, "\ud800" * 5_000_000]

logger = TACLogger(publish_seconds=0.05)
methods = [logger.start_session, logger.end_session, logger.log_task, logger.log_worker, logger.log_event, logger.log_api_call]
calls = int(sys.argv[2])
for i in range(calls):
    method = randomly.choice(methods)
    value = (lambda: randomly.choice(HUGE)) if i % 500 == 499 else (lambda: randomly.choice(VALUES)())
    positional = [value() for _ in range(randomly.randrange(10))]
    named = {randomly.choice(FIELDS): value() for _ in range(randomly.randrange(5))}
    if randomly.random() < 0.5:
        # Else nearly all of them would be refused for their status.
        positional[2:3] = ["completed"]
        named.pop("status", None)
    method(*positional, **named)
logger.close()
print(calls - logger.refused, logger.refused)
