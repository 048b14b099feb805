"""The work that each engine does, and where: read, decode, count by fingerprint, forward, all of it confirmed.

Also imported in the peers' environments, which have nothing of ours.
"""

import resource
import sys
import time
from pathlib import Path
from typing import NamedTuple

# of every producer on librdkafka, so that engines differ and not their settings
PRODUCER = {
    "acks": "all",
    "enable.idempotence": True,
    "linger.ms": 5,
    "compression.type": "lz4",
    "partitioner": "murmur2_random",
    "queue.buffering.max.messages": 1_000_000,
}
BEGAN = "began"


class Order(NamedTuple):
    """Where an engine is to work; its command line, in this order."""

    variant: str
    bootstrap: str
    source: str
    sink: str
    changelog: str  # for an engine whose changelog we name
    group: str
    folder: Path  # its own, empty


def order() -> Order:
    """What the command line says."""
    *names, folder = sys.argv[1:]
    return Order(*names, folder=Path(folder))


class Stopwatch:
    """Notes when the first event is there and what was used until then: imports and joining are no work."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / BEGAN
        self.runs = False

    def begin(self) -> None:
        """Note it; later calls are for nothing."""
        if not self.runs:
            self.runs = True
            used = resource.getrusage(resource.RUSAGE_SELF)
            self._file.write_text(f"{time.monotonic()} {used.ru_utime + used.ru_stime}")
