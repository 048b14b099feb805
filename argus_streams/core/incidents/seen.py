"""Which signals a project has had: 64 bits of each and the day, for longer than the topic keeps them.

Spread over shards by their first bits, so that a signal rewrites some hundred bytes.
"""

from struct import Struct

DAYS = 31  # the topic keeps signals for 30
DAY = 86_400_000  # ms
ENTRIES = 60_000  # of a shard: 600 KB; of more the oldest are forgotten

_ENTRY = Struct(">QH")
_ID = 8  # bytes


def shard_of(identity: int) -> str:
    """The shard that a signal belongs to: three hexadecimal digits."""
    return f"{identity >> 52:03x}"


class Seen:
    """One shard."""

    def __init__(self, stored: bytes | None) -> None:
        self._entries = bytearray(stored or b"")

    def add(self, identity: int, at: int) -> bool:
        """Whether it is new; from now on it is not. ``at`` is the project's time in ms."""
        wanted, start = identity.to_bytes(_ID), 0
        while (found := self._entries.find(wanted, start)) >= 0:
            if found % _ENTRY.size == 0:
                return False
            start = found + 1
        day = at // DAY
        self._forget(day)
        self._entries += _ENTRY.pack(identity, min(day, 0xFFFF))
        return True

    def encoded(self) -> bytes:
        """As it is stored."""
        return bytes(self._entries)

    def _forget(self, day: int) -> None:
        entries, size = self._entries, _ENTRY.size
        if not entries:
            return
        if _ENTRY.unpack_from(entries)[1] < day - DAYS:
            kept = [each for each in _ENTRY.iter_unpack(entries) if each[1] >= day - DAYS]
            entries[:] = b"".join(_ENTRY.pack(*each) for each in kept)
        if len(entries) >= ENTRIES * size:
            del entries[: size * (ENTRIES // 10)]
