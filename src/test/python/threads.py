"""Logs from several threads at once. Arguments: threads, events of each."""
import sys
import threading

from tac_logger import TACLogger

threads, events = map(int, sys.argv[1:])
with TACLogger(publish_seconds=0.01, publish_bytes=20_000) as logger:
    def log(thread):
        for i in range(events):
            logger.log_event("s1", "thread", "info", f"{thread} {i}")

    all_threads = [threading.Thread(target=log, args=(i,)) for i in range(threads)]
    for thread in all_threads:
        thread.start()
    for thread in all_threads:
        thread.join()
assert logger.refused == logger.dropped == 0
