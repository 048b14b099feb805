"""HEAL: failures, outcomes and commands of a project in, decisions and patterns out; the state is a table."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from argus_streams.agents.heal_turn import HealTurn, Terms
from argus_streams.agents.purging import orders_first
from argus_streams.agents.streak import Streak
from argus_streams.agents.tracing import Begin, untraced
from argus_streams.agents.wire import UNREADABLE, Topics
from argus_streams.core import purged
from argus_streams.core.bugs import BUG, last_frames
from argus_streams.core.events import TestFailure
from argus_streams.core.healing import hearing
from argus_streams.core.intake import SLUG
from argus_streams.core.messages import COMMAND_BYTES
from argus_streams.core.repairs import Outcome, PatternCommand
from argus_streams.errors import ArgusError, Malformed
from argus_streams.ports.repairs import HealingMeter
from argus_streams.streaming.agent import Effects, Slice, State
from argus_streams.streaming.position import Record

OUTCOME_BYTES = 32 * 1024

_FAILURE = msgspec.json.Decoder(TestFailure)
_OUTCOME = msgspec.json.Decoder(Outcome)
_COMMAND = msgspec.json.Decoder(PatternCommand)


class HealAgent:
    """Decides what is to be put in the place of broken locators, and learns of each what came of it."""

    name = "heal"

    def __init__(self, topics: Topics, meter: HealingMeter, terms: Terms, trace: Begin = untraced) -> None:
        self._topics = topics
        self._meter = meter
        self._terms = terms
        self._bugs = Streak()
        self._trace = trace

    async def turn(self, slices: Sequence[Slice], state: State) -> Effects:
        """Learn from all that is told, then decide; one snapshot a changed pattern. Raises ``Unavailable`` as GROUP."""
        trace = self._trace()
        turn = HealTurn(self._topics, state, self._meter, self._terms, trace)
        self._bugs.begin()
        for piece, record in orders_first(slices):
            try:
                self._take(turn, piece, record)
                self._bugs.fine()
            except Malformed as error:
                turn.refuse(piece, record, error)
                self._bugs.fine()
        records = await turn.end(self._failed)
        self._bugs.end()
        return Effects(records, trace.told())

    def _failed(self, error: Exception) -> Malformed:
        """A record can not be worked on, for whatever reason: it is refused, its neighbours go on."""
        if isinstance(error, Malformed):
            return error
        if isinstance(error, ArgusError):  # of the state: no fault of the record
            raise error
        self._bugs.bug(last_frames(error))
        return Malformed(BUG, last_frames(error))

    def _take(self, turn: HealTurn, piece: Slice, record: Record) -> None:
        if piece.topic == self._topics.failed:
            failure = _read(_FAILURE, record, "not a test failure")
            _check(record, failure.project)
            turn.take(piece, record, failure)
        elif self._topics.home(piece.topic) == self._topics.outcomes:
            _bound(record, OUTCOME_BYTES, "outcome too large")
            outcome = _read(_OUTCOME, record, "not an outcome")
            _check(record, outcome.project)
            turn.take(piece, record, hearing.outcome(outcome))
        elif (project := purged.ordered(record.value, record.headers)) is not None:
            turn.purge(record.partition, project, record.timestamp)
        else:
            _bound(record, COMMAND_BYTES, "command too large")
            command = _read(_COMMAND, record, "not a command")
            _check(record, command.project)
            turn.take(piece, record, hearing.command(command))


T = TypeVar("T")


def _read(decoder: msgspec.json.Decoder[T], record: Record, reason: str) -> T:
    try:
        return decoder.decode(record.value or b"")
    except UNREADABLE as error:
        raise Malformed(reason, str(error)) from error


def _bound(record: Record, limit: int, reason: str) -> None:
    if len(record.value or b"") > limit:
        raise Malformed(reason, f"{len(record.value or b''):,} bytes; the limit is {limit:,}")


def _check(record: Record, project: str) -> None:
    if record.key != project.encode():
        raise Malformed("wrong key", f"the record's key is {record.key!r:.200}, it should be {project:.80}")
    if not SLUG.match(project):  # its name makes the keys of its state
        raise Malformed("bad project", f"{project!r:.80} is not 1 to 64 of a-z, 0-9 and -")
