"""Which subjects signal again and again whatever happens: an alert that flaps all day is no news."""

from math import exp

import msgspec

from argus_streams.core.incidents.facts import Fact

MEMORY = 12 * 3_600_000  # ms, in which all but a third of a count fades
SUBJECTS = 2_000  # of a project that are counted
FORGOTTEN = 0.2

_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(dict[str, tuple[float, int]]).decode


class Habits:
    """How often each subject has signalled lately: a count that fades."""

    def __init__(self, stored: bytes | None) -> None:
        self._counts = {} if stored is None else _DECODE(stored)

    def take(self, fact: Fact) -> float:
        """How often it had signalled before this."""
        count, last = self._counts.pop(fact.subject, (0.0, fact.at))
        before = count * exp(-max(0, fact.at - last) / MEMORY)
        self._counts[fact.subject] = before + 1, max(last, fact.at)
        return before

    def encoded(self, now: int) -> bytes:
        """As it is stored at ``now``, ms; what has faded is forgotten, of too many the oldest."""
        for subject in list(self._counts)[: max(0, len(self._counts) - SUBJECTS)]:
            del self._counts[subject]
        for subject, (count, last) in list(self._counts.items()):
            if count * exp(-max(0, now - last) / MEMORY) < FORGOTTEN:
                del self._counts[subject]
        return _ENCODE(self._counts)
