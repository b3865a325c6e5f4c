"""Has whoever opens a file wait, as on a disk that hangs, until this process ends: for 45 s at most, by the kernel's own limit."""
import fcntl
import os
import signal
import sys

signal.signal(signal.SIGIO, signal.SIG_IGN)
file = os.open(sys.argv[1], os.O_RDONLY)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
sys.stdin.read()
