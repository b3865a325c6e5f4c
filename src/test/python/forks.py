"""Logs in children that are forked off while other threads log, and in children of theirs. Argument: children.

They end in every way: by the end of their program, by os._exit, and killed.
"""
import os
import signal
import sys
import threading
import time

from tac_logger import TACLogger

logger = TACLogger(publish_seconds=0.02)
ended = threading.Event()


def meanwhile():
    number = 0
    while not ended.is_set() or number < 500:
        logger.log_event("s1", "fork", "info", f"thread {number}")
        number += 1
        time.sleep(0.001)
    print(number, flush=True)


def log(name):
    for i in range(100):
        logger.log_event("s1", "fork", "info", f"{name} {i}")
        if i == 50:
            # So that the parent has published its file before the child logs on.
            time.sleep(0.1)


thread = threading.Thread(target=meanwhile)
thread.start()
children = []
for child in range(int(sys.argv[1])):
    log(f"before {child}")
    pid = os.fork()
    if pid == 0:
        log(f"child {child}")
        grandchild = os.fork()
        if grandchild == 0:
            log(f"grandchild {child}")
            os._exit(0)
        os.waitpid(grandchild, 0)
        if child % 3 == 0:
            os._exit(0)
        elif child % 3 == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        # The thread was not forked, and must not be waited for.
        sys.exit(0)
    children.append(pid)
for pid in children:
    os.waitpid(pid, 0)
ended.set()
thread.join()
logger.log_event("s1", "fork", "info", "parent 0")
