"""Logs events one after the other until it is killed, and says after each call that it has returned.

Arguments: spool, name of the run, seconds and bytes after which to publish.
"""
import os
import sys

from tac_logger import TACLogger

spool, run, seconds, size = sys.argv[1:]
logger = TACLogger(spool_dir=spool, publish_seconds=float(seconds), publish_bytes=int(size))
number = 0
while True:
    logger.log_event("s-" + run, "kill", "info", f"{run} {number}", details={"pad": "x" * (number * 7919 % 3000)})
    os.write(1, b"%d\n" % number)
    number += 1
