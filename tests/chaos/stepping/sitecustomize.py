"""Python imports this at its start: the wall clock of the process is as many seconds off as the file CLOCK_SHIFT says.

libfaketime would do so for C too, but librdkafka's threads spin under it: it does not translate the deadlines of
`pthread_cond_timedwait`.
"""

import os
import time
from pathlib import Path

LOOK_SECONDS = 0.2


class Clock:
    """Looks into the file now and then."""

    def __init__(self, file):
        self._file = Path(file)
        self._real = time.time
        self._looked, self._shift = -1.0, 0.0

    def time(self):
        """Seconds since 1970, as this process is to believe."""
        now = time.monotonic()
        if now - self._looked > LOOK_SECONDS:
            self._looked, self._shift = now, float(self._file.read_text() or 0)
        return self._real() + self._shift

    def time_ns(self):
        """The same in nanoseconds."""
        return int(self.time() * 1e9)


clock = Clock(os.environ["CLOCK_SHIFT"])
time.time, time.time_ns = clock.time, clock.time_ns
