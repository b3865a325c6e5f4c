"""Logs events whatever the disk does: so many at each line that comes in, each line ending with the count of dropped ones.

Arguments: spool, bytes of memory. A line of input is a count, or `flush`.
"""
import sys
import time

from tac_logger import TACLogger

spool, memory = sys.argv[1:]
logger = TACLogger(spool_dir=spool, publish_seconds=0.05, memory_bytes=int(memory))
session_id = logger.start_session()
number = 0
longest = 0.0
for line in sys.stdin:
    if line.strip() == "flush":
        while not logger.flush():
            time.sleep(0.01)
    else:
        for _ in range(int(line)):
            start = time.perf_counter()
            logger.log_event(session_id, "full", "info", f"event {number}", details={"pad": "x" * 300})
            longest = max(longest, time.perf_counter() - start)
            number += 1
    print(f"logged {number}, dropped {logger.dropped}, refused {logger.refused}, longest call {longest * 1000:.1f} ms", flush=True)
