"""Points in time and spans for people, always in UTC."""

from datetime import UTC, datetime

from argus_streams.core.events import LAST_TIME


def moment(milliseconds: int) -> str:
    """A time to the second; of one that no calendar has the nearest."""
    shown = min(max(milliseconds, 0), LAST_TIME)
    return datetime.fromtimestamp(shown / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def span(milliseconds: int) -> str:
    """So long, in the largest unit that leaves no nought before it."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000)):
        if milliseconds >= size:
            return f"{milliseconds / size:.0f} {unit}"
    return f"{milliseconds / 1000:.0f} s"
