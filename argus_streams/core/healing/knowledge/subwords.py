"""Where an identifier or a text can be parted: ``pf-c-button`` at its dashes, ``appsModalIcon`` at its capitals."""

import re
from collections.abc import Iterator

_CUT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[^A-Za-z0-9])(?=.)|(?<=.)(?=[^A-Za-z0-9])")


def cuts(text: str) -> list[int]:
    """Where a text can be parted, from the left: its two ends among them."""
    return sorted({0, *(found.start() for found in _CUT.finditer(text)), len(text)})


def heads(was: str, now: str) -> Iterator[tuple[str, str]]:
    """How the beginning changed while the end stayed: what was put before it, or the least that can be parted."""
    for cut in cuts(was):
        rest = was[cut:]
        if rest and now.endswith(rest):
            yield was[:cut], now[: -len(rest)]
            return


def tails(was: str, now: str) -> Iterator[tuple[str, str]]:
    """How the end changed while the beginning stayed, likewise."""
    for cut in reversed(cuts(was)):
        start = was[:cut]
        if start and now.startswith(start):
            yield was[cut:], now[cut:]
            return
