"""The right to write: one lock file beside the database, held for the whole of a write transaction.

SQLite's own waiting lets one writer starve the others and cannot keep checkpoints apart; a file lock does both.
The operating system frees it when its holder dies.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import StoreBusy

POLL_S = 0.01


@contextmanager
def write_lock(
    path: Path,
    timeout_s: float,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock file at `path`; raises StoreBusy, naming the holder, if it is not free within `timeout_s`."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = monotonic() + timeout_s
        while not _acquired(handle):
            if monotonic() >= deadline:
                raise StoreBusy(_busy_message(path, handle, timeout_s), path)
            sleep(POLL_S)
        os.pwrite(handle, f"{os.getpid():<20}".encode(), 0)
        yield
    finally:
        os.close(handle)


def _acquired(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _busy_message(path: Path, handle: int, timeout_s: float) -> str:
    holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
    who = "this process itself" if holder == str(os.getpid()) else f"process {holder}"
    return (
        f"{who} has been writing to the database for more than {timeout_s:g} s (lock file {path}): "
        "wait for it to finish, or stop it and try again"
    )
