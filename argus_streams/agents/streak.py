"""How many records in a row failed by a bug of ours: one is that record's letter, a thousand are no record's fault."""

from argus_streams.errors import Unavailable

BUGS_IN_A_ROW = 1000


class Streak:
    """Counts over turns; a turn that is tried again counts anew from where it began, so that it holds again."""

    def __init__(self) -> None:
        self._before = 0
        self._now = 0

    def begin(self) -> None:
        """A turn begins, perhaps for the second time."""
        self._now = self._before

    def end(self) -> None:
        """The turn is decided."""
        self._before = self._now

    def fine(self) -> None:
        """A record was understood, or refused for a reason that we know."""
        self._now = 0

    def bug(self, detail: str) -> None:
        """A record failed. Raises ``Unavailable`` at the thousandth in a row: hold, and say so."""
        self._now += 1
        if self._now >= BUGS_IN_A_ROW:
            raise Unavailable(f"{self._now:,} records in a row failed: {detail}")
