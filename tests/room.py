"""Where a session's servers keep what nobody reads after it."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - Linux's file system in memory
ENOUGH = 4 * 1024**3  # bytes, of which a whole session's topics take a small part


@contextmanager
def in_memory():
    """Temporary folders made meanwhile are in memory, where there is room.

    For each new partition Kafka waits for the disk several times, and a session makes ten thousand.
    """
    before = tempfile.tempdir
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        tempfile.tempdir = str(MEMORY)
    try:
        yield
    finally:
        tempfile.tempdir = before
