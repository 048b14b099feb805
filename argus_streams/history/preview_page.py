"""A preview as a person reads it."""

from collections import Counter

from rich.console import Console

from argus_streams.console import short
from argus_streams.core.generations.preview import FATES, Change, Summary
from argus_streams.foreign import foreign

SHOWN = 20  # changes of each fate
PARTS = 5  # groups of each change


class Page:
    """Shows the largest changes of each fate, and what they add up to."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._told: Counter[str] = Counter()

    def tell(self, change: Change) -> None:
        """Show one change, unless enough of its kind are shown."""
        self._told[change.fate] += 1
        if change.fate == "stays" or self._told[change.fate] > SHOWN:
            return
        unread = f", {change.unread:,} would not be read" if change.unread else ""
        self._line(f"{change.fate}: {change.project} {short(change.fingerprint)} {change.title}")
        self._line(f"  {change.events:,} events{unread}")
        arrow = "<-" if change.fate == "joins" else "->"
        for part in change.parts[:PARTS]:
            self._line(f"  {arrow} {part.events:,}  {short(part.fingerprint)} {part.title}")
        if change.others > PARTS:
            self._line(f"  {arrow} and {change.others - PARTS:,} more")

    def close(self, summary: Summary) -> None:
        """Show the sums."""
        hidden = {fate: number - SHOWN for fate, number in self._told.items() if fate != "stays" and number > SHOWN}
        for fate, number in hidden.items():
            self._line(f"{fate}: {number:,} more; --json tells them all")
        self._line(
            f"{summary.bodies:,} bodies: {summary.events_now:,} events now, {summary.events_then:,} then; nothing was "
            "written"
        )
        for fate, about in FATES.items():
            number = summary.fates.get(fate, 0)
            self._line(f"{number:>8,} group{'s' * (number != 1)} {about}")

    def _line(self, text: str) -> None:
        self._out.print(foreign(text), soft_wrap=True)
