"""Other processes, as tests look at them."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


SLOWER = 3  # times, that a busy machine may be: what never comes true fails all the same


def comes_true(condition, seconds):
    """Whether it is true in time; ``seconds`` are those of a quiet machine."""
    deadline = time.monotonic() + SLOWER * seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def python(script, *arguments):
    """A Python process of its own, its stdout readable; killed at the end."""
    command = [sys.executable, "-c", script, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - the tests' own scripts
        try:
            yield process
        finally:
            process.kill()
