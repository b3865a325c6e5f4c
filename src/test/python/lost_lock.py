"""Loses the lock of its file, as by a backup within the same process, waits until somebody has taken and stored the file, and logs on."""
import glob
import os
import sys
import time

from tac_logger import TACLogger

logger = TACLogger(publish_seconds=1000)
logger.log_event("s1", "lock", "info", "before")
part, = (name for name in os.listdir(logger.spool_dir) if name.startswith(".2"))
path = os.path.join(logger.spool_dir, part)
open(path).close()
print(path, flush=True)
while not glob.glob(os.path.join(logger.spool_dir, "done", f"*{part[1:-5]}.jsonl")):
    time.sleep(0.005)
logger.log_event("s1", "lock", "info", "after")
