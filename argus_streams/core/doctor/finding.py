"""What a doctor finds: one value a check and subject, with what is wrong and what mends it."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

Verdict = Literal["fine", "warning", "wrong", "unknown"]
VERDICTS: tuple[Verdict, ...] = ("wrong", "warning", "unknown", "fine")  # in the order in which people want them
SHOWN = 3  # names that a sentence holds; ``subjects`` has all


class Finding(Struct, frozen=True):
    """What one check found."""

    check: str  # its name in ``checks.CHECKS``
    verdict: Verdict
    what: str  # a sentence with the numbers and the names
    mend: str = ""  # the command or the step; nothing where nothing has to be mended
    subjects: tuple[str, ...] = ()  # all that it is about, where that is more than a sentence holds


class Unseen(Struct, frozen=True):
    """What could not be looked at, and why."""

    why: str


def fine(check: str, what: str) -> Finding:
    """Nothing to do."""
    return Finding(check, "fine", what)


def warning(check: str, what: str, mend: str, subjects: Iterable[str] = ()) -> Finding:
    """It works, and will not for ever, or not as well as it could."""
    return Finding(check, "warning", what, mend, tuple(subjects))


def wrong(check: str, what: str, mend: str, subjects: Iterable[str] = ()) -> Finding:
    """It does not work, or loses something."""
    return Finding(check, "wrong", what, mend, tuple(subjects))


def unknown(check: str, why: str, mend: str = "") -> Finding:
    """It could not be looked at."""
    return Finding(check, "unknown", why, mend)


def names(found: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(found) - SHOWN
    return ", ".join(found[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def number(count: int, what: str) -> str:
    """A count with its noun: 1 topic, 2 topics."""
    return f"{count:,} {what}{'s' * (count != 1)}"
