"""What one turn of HEAL gathers: for each project what is told of repairs, and the failures to decide on after it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from msgspec import structs

from argus_streams.agents.overlay import Overlay
from argus_streams.agents.wire import Topics, key_of, letter_of, outgoing
from argus_streams.core.events import Origin, TestFailure
from argus_streams.core.healing import deciding
from argus_streams.core.healing.book import Book
from argus_streams.core.healing.case import Case, Passed, case_of
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.letters import WHOLE, Letter
from argus_streams.core.repairs import HealingDecision, Outcome, PatternCommand
from argus_streams.errors import Malformed
from argus_streams.ports.repairs import Choice, Chooser, HealingMeter
from argus_streams.streaming.agent import Slice, State
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing

MANY = 500  # records that are heard at a stretch, a second at most: the group's heartbeat goes between

Failed = Callable[[Exception], Malformed]


class _Arrived(NamedTuple):
    """A record of a project, and where it came from."""

    piece: Slice
    record: Record
    told: TestFailure | Outcome | PatternCommand

    @property
    def place(self) -> str:
        """An id where the record brings none."""
        return f"{self.piece.topic_id}/{self.piece.partition}/{self.record.offset}"

    @property
    def origin(self) -> Origin:
        return Origin(self.piece.topic_id, self.piece.partition, self.record.offset)


class Terms(NamedTuple):
    """By what HEAL decides."""

    limits: Limits
    chooser: Chooser | None = None
    since: int = 0  # ms, when the generation began


class HealTurn:
    """What one turn gathers; a record that fails leaves nothing in it."""

    def __init__(self, topics: Topics, state: State, meter: HealingMeter, terms: Terms) -> None:
        self._topics = topics
        self._state = state
        self._meter = meter
        self._terms = terms
        self._projects: dict[tuple[int, str], list[_Arrived]] = {}
        self._out: list[Outgoing] = []

    def take(self, piece: Slice, record: Record, told: TestFailure | Outcome | PatternCommand) -> None:
        """One record that can be read."""
        self._projects.setdefault((record.partition, told.project), []).append(_Arrived(piece, record, told))

    def refuse(self, piece: Slice, record: Record, error: Malformed) -> None:
        """A record of no use becomes a letter; its neighbours go on."""
        origins = (Origin(piece.topic_id, piece.partition, record.offset, WHOLE),)
        letter = Letter(stage="heal", reason=error.reason, detail=error.detail, origins=origins)
        self._out.append(letter_of(self._topics.dead(piece.topic), letter, record))

    async def end(self, failed: Failed) -> list[Outgoing]:
        """Learn, then decide by all that is known now, project by project; everything that leaves."""
        for (partition, project), arrived in self._projects.items():
            values = Overlay(self._state, partition, project)
            book = Book(project, values, self._terms.limits)
            for number, each in enumerate(arrived):
                with self._refusing(each, failed):
                    self._hear(book, each)
                if number % MANY == MANY - 1:
                    await asyncio.sleep(0)
            for pattern in book.close(self._state.epoch(partition)):
                self._out.append(outgoing(self._topics.patterns, key_of(project, pattern.fingerprint), pattern))
            values.keep()
            failures = [(each, each.told) for each in arrived if isinstance(each.told, TestFailure)]
            for each, failure in failures:
                with self._refusing(each, failed):
                    await self._decide(each, failure, book)
        return self._out

    def _hear(self, book: Book, arrived: _Arrived) -> None:
        match arrived.told:
            case Outcome() as outcome:
                news = book.learn(outcome, at=arrived.record.timestamp, origin=arrived.origin)
                self._meter.heard(("worked" if outcome.worked else "failed") if news else "again")
            case PatternCommand() as command:
                news = book.obey(command, at=arrived.record.timestamp, origin=arrived.origin)
                self._meter.heard(command.action if news else "again")
            case _:
                pass

    async def _decide(self, arrived: _Arrived, failure: TestFailure, book: Book) -> None:
        if not failure.failure_id:  # straight from a producer that gives none
            failure = structs.replace(failure, failure_id=arrived.place)
        case = case_of(failure, at=arrived.record.timestamp)
        if isinstance(case, Passed):
            self._meter.passed(case.reason)
            return
        decision = deciding.refused(case) or await self._chosen(case, book)
        decision = structs.replace(decision, replayed=case.at < self._terms.since)
        self._meter.decided(decision)
        self._out.append(outgoing(self._topics.decisions, decision.project.encode(), decision))
        await asyncio.sleep(0)  # one page may take half a second

    async def _chosen(self, case: Case, book: Book) -> HealingDecision:
        """The decision, after a model was asked where there is one and something to choose."""
        drafted = deciding.draft(case, book)
        chooser = self._terms.chooser
        if chooser is None or not drafted.records:
            return drafted.decision
        told = case.told
        choice = Choice(
            project=told.project, test=told.test, locator=case.locator, element=told.element, records=drafted.records
        )
        return deciding.chosen(case, drafted, await chooser.choose(choice), book)

    @contextmanager
    def _refusing(self, arrived: _Arrived, failed: Failed) -> Iterator[None]:
        """Make a letter of a record that nothing can be done with."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, the record must not stop its neighbours
            self.refuse(arrived.piece, arrived.record, failed(error))
