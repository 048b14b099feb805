"""The account of one input partition: what the ledger, the sightings and the letters tell of its span."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from pyroaring import BitMap64

from argus_streams.core.audit.cut import Input
from argus_streams.core.audit.places import Numbers, Place, Places, span
from argus_streams.core.audit.told import Told
from argus_streams.core.audit.verdict import Finding, Sheet, Stage

WHOLE = -1
_CLOSE = 1_000  # offsets between two that are read again: fewer are read along


class Seen(NamedTuple):
    """What the sightings tell of one input partition."""

    all: Places
    due: Places  # in sightings that GROUP has committed
    refused: Places  # in sightings that GROUP made letters of


def silent(span_of: Input, told: Told) -> Iterator[tuple[int, int]]:
    """Spans of offsets to be read again: below the commit, and the ledger does not speak of some of them."""
    asked = span(max(span_of.first, span_of.start, span_of.known_ledger), min(span_of.end, span_of.done))
    first = end = None
    for offset in asked - told.offsets():
        if first is None or end is None:
            first = offset
        elif offset > end + _CLOSE:
            yield first, end
            first = offset
        end = offset + 1
    if first is not None and end is not None:
        yield first, end


def account(audited: Input, told: Told, seen: Seen, letters: Places, sheet: Sheet) -> None:
    """Add up one partition, and find what is missing on the way from NORMALIZE to GROUP."""
    _Account(audited, told, seen, letters, sheet).add_up()


def lost(audited: Input, told: Told, present: Mapping[int, str], sheet: Sheet) -> None:
    """Of bodies that are there (offset → project) those of which the ledger does not speak."""
    known = told.offsets()
    for offset, project in present.items():
        if offset not in known:
            sheet.add(project, bodies=1)
            detail = "the ledger does not say what became of this body"
            sheet.find(_missing("normalize", audited, (offset, WHOLE), (project, detail)))


def _missing(stage: Stage, audited: Input, place: Place, told: tuple[str, str]) -> Finding:
    """``told``: project and detail."""
    return Finding(stage, "missing", audited.topic, audited.partition, *place, *told)


class _Account:
    def __init__(self, audited: Input, told: Told, seen: Seen, letters: Places, sheet: Sheet) -> None:
        self._input, self._told, self._seen, self._letters, self._sheet = audited, told, seen, letters, sheet
        self._span = span(audited.first, audited.end)
        self._settled = span(audited.first, min(audited.end, audited.done))  # NORMALIZE has committed
        self._bodies = [(key, offsets & self._span) for key, offsets in told.bodies()]

    def add_up(self) -> None:
        self._add_bodies()
        self._add_events()
        self._find_letters()
        self._find_sightings()
        self._find_unspoken()
        self._find_untold()

    def _add_bodies(self) -> None:
        audited = self._input
        for key, offsets in self._bodies:
            number = len(offsets)
            if key.outcome == "expired":
                self._sheet.add(key.project, expired=number)
                continue
            self._sheet.add(key.project, **{"bodies": number, key.outcome: number, "events": number * key.events})
            if key.outcome == "ignored":
                self._sheet.ignore(key.reason, number)
        flying = len(span(max(audited.first, audited.done), audited.end) - self._told.offsets())
        self._sheet.add("", bodies=flying, in_flight=flying)
        unknown = span(audited.first, min(audited.end, audited.done, max(audited.start, audited.known_ledger)))
        gone = len(unknown - self._told.offsets())
        if gone:
            self._sheet.note(
                f"{gone:,} offsets of {audited.topic}/{audited.partition} are older than what the topic or the ledger "
                "retains: nothing tells what became of them"
            )

    def _add_events(self) -> None:
        for outcome, project, places in self._told.events():
            self._sheet.add(project, **{outcome: len(places.within(self._span))})
        seen = self._seen
        refused = seen.refused.without(self._told.spoken).within(self._span)
        flying = seen.all.without(seen.due, self._told.spoken, seen.refused).within(self._span)
        rejected = self._told.rejected.within(self._span)
        for project, offsets in self._projects():
            self._sheet.add(project, rejected=len(rejected.within(offsets)))
            number = len(flying.within(offsets))
            self._sheet.add(project, refused=len(refused.within(offsets)), in_flight=number)
        ahead = span(self._input.done, self._input.end)
        for key, offsets in self._bodies:
            unseen = key.events * len(offsets & ahead) - len(seen.all.within(offsets & ahead)) if key.events else 0
            self._sheet.add(key.project, in_flight=max(0, unseen))

    def _projects(self) -> Iterable[tuple[str, BitMap64]]:
        found: dict[str, BitMap64] = {}
        for key, offsets in self._bodies:
            found.setdefault(key.project, BitMap64()).update(offsets)
        return found.items()

    def _find_letters(self) -> None:
        """Each dead body has a letter, each rejected item its own."""
        asked = self._settled & span(self._input.known_letters, self._input.end)
        rejected = self._told.rejected.within(asked)
        lacking = rejected.without(self._letters)
        self._find("letter", lacking, "this item was rejected, and no letter holds it")
        dead = BitMap64().union(*(offsets for key, offsets in self._bodies if key.outcome == "dead")) & asked
        bare = dead - self._letters.offsets() - rejected.offsets()
        whole = Places()
        for offset in bare:
            whole.add(offset, WHOLE)
        self._find("letter", whole, "the ledger says dead, and no letter holds this body")

    def _find_sightings(self) -> None:
        """Each event of a normalised body is in a sighting: where GROUP speaks of it, its place is known exactly."""
        asked = self._settled & span(self._input.known_normalized, self._input.end)
        bare = self._told.spoken.within(asked).without(self._seen.all)
        self._find("sighting", bare, "the ledger says that GROUP took this event, and no sighting holds it")
        known = self._seen.all.within(asked).with_all(bare)
        for offset, expected in self._uneven(known, asked):
            self._find_unseen(offset, expected, known.at(offset))
            self._find_surplus(offset, expected)

    def _uneven(self, known: Places, asked: BitMap64) -> Iterator[tuple[int, int]]:
        """Bodies of which other than the told number of events is known, and that number."""
        wanted = [(key.events, offsets & asked) for key, offsets in self._bodies]
        expected = Numbers.given((number, offsets) for number, offsets in wanted if number)
        bodies = BitMap64().union(*(offsets for _, offsets in wanted))
        found = Numbers.counted(offsets & bodies for offsets in known.bitmaps())
        yield from ((offset, expected.at(offset)) for offset in expected.differing(found))

    def _find_unseen(self, offset: int, expected: int, known: frozenset[int]) -> None:
        detail = f"no sighting holds this event; of the body's {expected} events {len(known)} are known"
        self._find_lacking("sighting", offset, expected, (known, detail))

    def _find_lacking(self, stage: Stage, offset: int, expected: int, told: tuple[frozenset[int], str]) -> None:
        """So many events of a body; which ones is not told, so the first indices that are not known."""
        (known, detail), project = told, self._told.project_of(offset)
        unknown = (index for index in range(max(known, default=-1) + expected + 1) if index not in known)
        for index in islice(unknown, max(0, expected - len(known))):
            self._sheet.find(_missing(stage, self._input, (offset, index), (project, detail)))

    def _find_surplus(self, offset: int, expected: int) -> None:
        seen, audited = self._seen.all.at(offset), self._input
        if len(seen) > expected:
            self._sheet.find(
                Finding(
                    "sighting", "double", audited.topic, audited.partition, offset, max(seen),
                    self._told.project_of(offset),
                    f"sightings hold {len(seen)} events of this body, NORMALIZE told of {expected}",
                    len(seen) - expected,
                )
            )  # fmt: skip

    def _find_unspoken(self) -> None:
        """Of bodies whose sightings retention took: GROUP speaks of as many events as NORMALIZE told of."""
        audited = self._input
        asked = self._settled & span(audited.known_ledger, audited.known_normalized)
        for offset, expected in self._uneven(self._told.spoken.within(asked), asked):
            known = self._told.spoken.at(offset)
            detail = f"the ledger says what GROUP made of {len(known)} events of this body's {expected}"
            self._find_lacking("group", offset, expected, (known, detail))

    def _find_untold(self) -> None:
        """GROUP speaks of each event of the sightings that it has committed."""
        asked = self._span & span(self._input.known_ledger, self._input.end)
        untold = self._seen.due.without(self._told.spoken, self._seen.refused).within(asked)
        self._find("group", untold, "a sighting holds this event, and the ledger does not say what GROUP made of it")

    def _find(self, stage: Stage, places: Places, detail: str) -> None:
        """Tell as many as there is room for, and add up the rest."""
        told = Places()
        for offset, index in islice(places, self._sheet.room):
            told.add(offset, index)
            project = self._told.project_of(offset)
            self._sheet.find(_missing(stage, self._input, (offset, index), (project, detail)))
        rest = places.without(told)
        left = len(rest)
        for project, offsets in self._projects() if left else ():
            number = len(rest.within(offsets))
            self._sheet.add(project, missing=number)
            left -= number
        self._sheet.add("", missing=left)
