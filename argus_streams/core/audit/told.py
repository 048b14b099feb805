"""What the ledger tells of one input partition, both stages united: of two outcomes of a place the stronger counts."""

from collections.abc import Iterator
from typing import NamedTuple

from pyroaring import BitMap64

from argus_streams.core.audit.places import Place, Places
from argus_streams.core.ledger import OF_BODIES, OF_EVENTS, bodies_at, events_at
from argus_streams.core.messages import LedgerRecord, LedgerRun


class Outcome(NamedTuple):
    """What some bodies have in common."""

    project: str
    outcome: str
    reason: str
    events: int  # in each


class Told:
    """Grows by ledger records, in any order, each however often; repeats and overlaps change nothing."""

    def __init__(self) -> None:
        self.rejected = Places()  # items that NORMALIZE made letters of
        self.counted = Places()
        self.spoken = Places()  # all events of which GROUP speaks
        self._bodies: dict[Outcome, BitMap64] = {}
        self._events: dict[tuple[str, str], Places] = {}  # by outcome and project

    def enter(self, record: LedgerRecord) -> None:
        """Add what one turn told."""
        for run in record.runs:
            if run.outcome in OF_BODIES:
                self._enter_bodies(run, record.start)
            elif run.outcome in OF_EVENTS or run.outcome == "rejected":
                self._enter_events(run, record.start)

    def _enter_bodies(self, run: LedgerRun, start: int) -> None:
        events = run.events if run.outcome == "normalised" else 0
        offsets = self._bodies.setdefault(Outcome(run.project, run.outcome, run.reason, events), BitMap64())
        for first, end in bodies_at(run, start):
            offsets.add_range(first, end)

    def _enter_events(self, run: LedgerRun, start: int) -> None:
        if run.outcome == "rejected":
            into = [self.rejected]
        else:
            own = self._events.setdefault((run.outcome, run.project), Places())
            into = [own, self.spoken, self.counted] if run.outcome == "counted" else [own, self.spoken]
        for first, end, index, count in events_at(run, start):
            for places in into:
                places.add_run(first, end, index, count)

    def bodies(self) -> Iterator[tuple[Outcome, BitMap64]]:
        """Each body once, under its strongest outcome."""
        taken = BitMap64()
        for key in sorted(self._bodies, key=lambda key: (OF_BODIES[key.outcome], key.events, key), reverse=True):
            offsets = self._bodies[key] - taken
            if offsets:
                yield key, offsets
                taken |= offsets

    def offsets(self) -> BitMap64:
        """All bodies of which NORMALIZE speaks."""
        return BitMap64().union(*self._bodies.values())

    def extent(self) -> tuple[int, int]:
        """Offsets [first, end) among which are all that it speaks of."""
        all_ = self.offsets() | self.spoken.offsets()
        return (all_.min(), all_.max() + 1) if all_ else (0, 0)

    def events(self) -> Iterator[tuple[str, str, Places]]:
        """Outcome, project and places of events, each event once, under its strongest outcome."""
        taken: list[Places] = []
        for outcome in sorted(OF_EVENTS, key=OF_EVENTS.__getitem__, reverse=True):
            found = [(project, places) for (told, project), places in self._events.items() if told == outcome]
            for project, places in found:
                yield outcome, project, places.without(*taken)
            taken += [places for _, places in found]

    def is_divided(self, place: Place) -> bool:
        """Whether GROUP told several outcomes of an event: so it may of one that stands in two groups."""
        return len({outcome for (outcome, _), places in self._events.items() if place in places}) > 1

    def project_of(self, offset: int) -> str:
        """Whose a body is, as the ledger says it; empty where it does not speak of it."""
        return next((key.project for key, offsets in self._bodies.items() if offset in offsets), "")
