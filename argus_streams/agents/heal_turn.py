"""What one turn of HEAL gathers: for each project what is told of repairs, and the failures to decide on after it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from msgspec import structs

from argus_streams.agents.overlay import Overlay
from argus_streams.agents.purging import Purges, taken_back
from argus_streams.agents.tracing import Trace
from argus_streams.agents.wire import Topics, key_of, letter_of, outgoing
from argus_streams.core.events import Origin, TestFailure
from argus_streams.core.healing import deciding
from argus_streams.core.healing.book import Book, count_on, patterns_of, told_so_far
from argus_streams.core.healing.case import Case, Passed, case_of, run_of
from argus_streams.core.healing.knowledge.limits import Limits
from argus_streams.core.healing.looking import Looker
from argus_streams.core.letters import WHOLE, Letter
from argus_streams.core.purged import Mark
from argus_streams.core.repairs import HealingDecision, Outcome, PatternCommand
from argus_streams.core.tracing import Context, Value
from argus_streams.errors import Malformed
from argus_streams.ports.repairs import HealingMeter
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
    looker: Looker
    since: int = 0  # ms, when the generation began
    clock: Callable[[], int] = lambda: 0  # ms since 1970; a purge takes all that was decided until it is read


class HealTurn:
    """What one turn gathers; a record that fails leaves nothing in it."""

    def __init__(self, topics: Topics, state: State, meter: HealingMeter, terms: Terms, trace: Trace) -> None:
        self._topics = topics
        self._state = state
        self._meter = meter
        self._terms = terms
        self._trace = trace
        self._purges = Purges(state, "heal")
        self._projects: dict[tuple[int, str], list[_Arrived]] = {}
        self._out: list[Outgoing] = []

    def take(self, piece: Slice, record: Record, told: TestFailure | Outcome | PatternCommand) -> None:
        """One record that can be read; what is of before a purge is passed over."""
        stamped = told.received_at if isinstance(told, TestFailure) else 0  # 0 = straight from a producer
        recorded = min(stamped or record.timestamp, record.timestamp)
        if recorded <= self._purges.until(record.partition, told.project):
            return
        self._projects.setdefault((record.partition, told.project), []).append(_Arrived(piece, record, told))

    def purge(self, partition: int, project: str, asked: int) -> None:
        """Forget a project's repairs; ``asked`` is Kafka's time (ms) of the order."""
        known = self._purges.mark(partition, project)
        if known is not None and asked <= known.until:
            return
        values, names = Overlay(self._state, partition, project), []
        writes = max(told_so_far(values), self._purges.writes(partition, project))
        for key in self._state.keys(partition, f"{project}/".encode()):
            told = patterns_of(key, self._state.get(partition, key) or b"", self._terms.limits)
            names += [each.fingerprint for each in told]
            self._state.put(partition, key, None)
        count_on(values, writes)
        values.keep()
        mark = Mark(asked, max(asked, self._terms.clock()), self._state.epoch(partition), writes)
        self._purges.enter(partition, project, mark)
        self._out += taken_back(self._topics.patterns, -1, project, names, mark)

    def refuse(self, piece: Slice, record: Record, error: Malformed) -> None:
        """A record of no use becomes a letter; its neighbours go on."""
        origins = (Origin(piece.topic_id, piece.partition, record.offset, WHOLE),)
        letter = Letter(stage="heal", reason=error.reason, detail=error.detail, origins=origins)
        self._trace.refused("heal", piece, record, error.reason)
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
            for each, case in self._cases(arrived, failed):
                with self._refusing(each, failed):
                    book.meet(case)
                    self._decide(each, case, book)
                await asyncio.sleep(0)  # one page may take half a second
            for pattern in book.close(self._state.epoch(partition)):
                self._out.append(outgoing(self._topics.patterns, key_of(project, pattern.fingerprint), pattern))
            values.keep()
        return self._out

    def _cases(self, arrived: Sequence[_Arrived], failed: Failed) -> list[tuple[_Arrived, Case]]:
        """The failures that are a matter of healing, each with how many locators of its page broke."""
        found: list[tuple[_Arrived, Case]] = []
        for each in arrived:
            with self._refusing(each, failed):
                case = self._case(each)
                found += [] if case is None else [(each, case)]
        broken: dict[tuple[str | None, ...], set[str]] = {}
        for _, case in found:
            broken.setdefault(run_of(case), set()).add(case.locator)
        return [(each, case._replace(broken=len(broken[run_of(case)]))) for each, case in found]

    def _case(self, arrived: _Arrived) -> Case | None:
        failure = arrived.told
        if not isinstance(failure, TestFailure):
            return None
        if not failure.failure_id:  # straight from a producer that gives none
            failure = structs.replace(failure, failure_id=arrived.place)
        case = case_of(failure, at=arrived.record.timestamp)
        if isinstance(case, Passed):
            self._meter.passed(case.reason)
            return None
        return case

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

    def _decide(self, arrived: _Arrived, case: Case, book: Book) -> None:
        decided = deciding.decide(case, book, self._terms.looker)
        decided = structs.replace(decided, replayed=case.at < self._terms.since)
        self._meter.decided(decided)
        cause = self._follow(arrived, decided)
        self._out.append(outgoing(self._topics.decisions, decided.project.encode(), decided, cause))
        asked = self._terms.looker.question(case, decided)
        if asked is not None and book.asks(case):
            self._out.append(outgoing(self._topics.requests, decided.project.encode(), asked, cause))

    def _follow(self, arrived: _Arrived, decided: HealingDecision) -> Context | None:
        cause = self._trace.cause(arrived.piece, arrived.record)
        if cause is None:
            return None
        told: dict[str, Value] = {
            "argus.project": decided.project, "argus.outcome": decided.verdict, "argus.reason": decided.reason
        }  # fmt: skip
        return self._trace.add(cause.span("heal", told))

    @contextmanager
    def _refusing(self, arrived: _Arrived, failed: Failed) -> Iterator[None]:
        """Make a letter of a record that nothing can be done with."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, the record must not stop its neighbours
            self.refuse(arrived.piece, arrived.record, failed(error))
