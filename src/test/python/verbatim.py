"""Runs the code of the first design as it stands there, given the names that it takes for granted.

Arguments: the file with the code. The spool is that of TAC8_SPOOL_DIR.
"""
import sys

from tac_logger import TACLogger

names = {
    "TACLogger": TACLogger,
    "config": {"max_workers": 3, "poll_seconds": 30},
    "git_info": {"commit": "4f2a9c1", "branch": "main"},
    "worker_id": "w-abc123",
}
if "TACLogger(" not in open(sys.argv[1]).read():
    names["logger"] = TACLogger("/mnt/external-hdd/tac8/logs.db")
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"), names)
print(names["session_id"])
