"""How much one report may hold: each of its parts takes time to look at, also one of which nothing comes.

Packed, a million empty suites are a few kilobytes; without a bound a body inside its size takes minutes.
"""

from collections.abc import Iterable, Iterator

from argus_streams.errors import Malformed
from argus_streams.sources.testreports.pieces import Piece

_LOOKED_AT = 512 * 1024 * 1024  # bytes: what is in suites inside suites is looked through once for each of them


class Parts:
    """Counts what is read of one report, and ends the reading with ``Malformed`` when that is more than it may have."""

    def __init__(self, most: int) -> None:
        self.read = 0  # suites, tests, attempts, and whatever else stands in a list or in an element
        self._most = most
        self._room = _LOOKED_AT

    def count(self) -> None:
        """One more was read."""
        self.read += 1
        if self.read > self._most:
            raise Malformed("too many parts", f"more than {self._most:,} suites, tests and what is in them")

    def of(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The same pieces, each counted when it is asked for."""
        for piece in pieces:
            self.count()
            self._room -= len(memoryview(piece))
            if self._room < 0:
                raise Malformed("nested too deeply", f"more than {_LOOKED_AT:,} bytes in lists inside one another")
            yield piece
