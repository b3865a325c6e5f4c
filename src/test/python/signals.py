"""Logs in a signal handler that interrupts the logging of the same thread, again and again. Argument: handled signals."""
import signal
import sys

from tac_logger import TACLogger

logger = TACLogger(publish_seconds=0.01, publish_bytes=50_000)
handled = 0


def handle(number, frame):
    global handled
    logger.log_event("s1", "signal", "info", f"handler {handled}")
    handled += 1
    # Not before: else a handler would interrupt a handler, and so on to the end of the stack.
    signal.setitimer(signal.ITIMER_REAL, 0.0002)


signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.0002)
logged = 0
while handled < int(sys.argv[1]):
    logger.log_event("s1", "signal", "info", f"main {logged}")
    logged += 1
signal.setitimer(signal.ITIMER_REAL, 0)
logger.close()
assert logger.refused == logger.dropped == 0, (logger.refused, logger.dropped)
print(logged + handled)
