"""
Takes the disk away from under two files, one of them empty, and has a third never reach it. Prints which events were published, but
for the first: the disk took its lock with it, so the logger's own thread, where it starts late, may take it for abandoned.
"""
import errno
import glob
import os
import re

from tac_logger import TACLogger

logger = TACLogger(publish_seconds=1000)


def take_disk_away() -> None:
    full = os.open("/dev/full", os.O_RDWR)
    os.dup2(full, logger._part.fd)
    os.close(full)


def log(message: str) -> None:
    logger.log_event("s1", "gone", "info", message)


log("one")
take_disk_away()
log("two")
logger.flush()
logger.flush()
take_disk_away()
log("three")
logger.flush()
logger.flush()

log("four")
fsync, dead = os.fsync, logger._part.fd


def fsync_of_the_living(fd: int) -> None:
    if fd == dead:
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    fsync(fd)


os.fsync = fsync_of_the_living
logger.flush()
log("five")
logger.flush()
published = "".join(open(name).read() for name in sorted(glob.glob(os.path.join(logger.spool_dir, "*.jsonl"))))
print(*sorted(set(re.findall(r'"message":"(\w+)"', published)) - {"one"}))
os.fsync = fsync
