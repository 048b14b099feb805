"""The work that each engine does, and where: read, decode, count by fingerprint, forward, all of it confirmed.

Also imported in the peers' environments, which have nothing of ours.
"""

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
    partitions: int  # of each topic
    folder: Path  # its own, empty


def order() -> Order:
    """What the command line says."""
    *names, partitions, folder = sys.argv[1:]
    return Order(*names, partitions=int(partitions), folder=Path(folder))


class Stopwatch:
    """Notes when the first event is there."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / BEGAN
        self.runs = False

    def begin(self) -> None:
        """Note it; later calls are for nothing."""
        if not self.runs:
            self.runs = True
            self._file.write_text(str(time.monotonic()))
