"""Elements that are found again: ``argus locate``."""

import sys
from collections.abc import Iterator
from typing import IO

import click
import msgspec

from argus_streams import locating
from argus_streams.adapters.similarity import load_ranker
from argus_streams.cli.command import with_settings
from argus_streams.errors import Malformed
from argus_streams.settings import Settings


@click.command()
@with_settings
def locate(_: Settings) -> int:
    """Find elements again on a page that has changed.

    Standard input has JSON lines {"targets": [...], "candidates": [...]}, one a page: elements as they were, and those
    of the page now. A line {"decisions": [...]} answers each, or {"error": ...}; the exit code is 1 if there was one.
    """
    ranker, bad = load_ranker(), 0
    for line in _lines(sys.stdin.buffer):
        try:
            told: locating.Decisions | locating.Complaint = locating.answer(ranker, line)
        except Malformed as error:
            told, bad = locating.Complaint(str(error)), bad + 1
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.buffer.flush()
    return int(bad > 0)


def _lines(given: IO[bytes]) -> Iterator[bytes]:
    """The lines that are not empty; of one that is too long a byte more than it may have, never all of it."""
    while line := given.readline(locating.LONGEST + 1):
        rest = line
        while len(rest) > locating.LONGEST and not rest.endswith(b"\n"):
            rest = given.readline(locating.LONGEST + 1)
        if line.strip():
            yield line
