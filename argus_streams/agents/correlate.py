"""CORRELATE: signals and commands of a project in, incidents and what is to be explained out; the state is a table."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from argus_streams.agents.correlate_turn import CorrelateTurn
from argus_streams.agents.purging import orders_first
from argus_streams.agents.scoring import Scoring
from argus_streams.agents.streak import Streak
from argus_streams.agents.tracing import Begin, untraced
from argus_streams.agents.wire import UNREADABLE, Topics
from argus_streams.core import purged
from argus_streams.core.bugs import BUG, last_frames
from argus_streams.core.events import Signal
from argus_streams.core.findings import IncidentCommand
from argus_streams.core.incidents.fold import Ruling
from argus_streams.core.incidents.rules import Rules
from argus_streams.core.intake import SLUG
from argus_streams.core.messages import COMMAND_BYTES
from argus_streams.errors import ArgusError, Malformed
from argus_streams.streaming.agent import Effects, Slice, State
from argus_streams.streaming.position import Record

AHEAD = (
    86_400_000  # ms, that a command's time may be ahead of ours: one of next century would wait for its turn till then
)

_SIGNAL = msgspec.json.Decoder(Signal)
_COMMAND = msgspec.json.Decoder(IncidentCommand)


class CorrelateAgent:
    """Finds out which signals are one incident and what brought it about, and what is to be explained."""

    name = "correlate"

    def __init__(
        self,
        topics: Topics,
        rules: tuple[Rules, Mapping[str, Rules]],
        scoring: Scoring,
        *,
        clock: Callable[[], int],
        trace: Begin = untraced,
    ) -> None:
        self._topics = topics
        self._usual = Ruling(rules[0])
        self._special = {project: Ruling(each) for project, each in rules[1].items()}
        self._scoring = scoring
        self._clock = clock  # ms since 1970; asked when nothing waits, for what is due by time
        self._bugs = Streak()
        self._trace = trace

    async def turn(self, slices: Sequence[Slice], state: State) -> Effects:
        """Apply all records, or what is due; one snapshot a changed incident. Raises ``Unavailable`` as GROUP does."""
        trace = self._trace()
        turn = CorrelateTurn(self._topics, state, self._ruling, self._scoring, trace)
        self._bugs.begin()
        for piece, record in orders_first(slices):
            self._guarded(turn, piece, record)
        if not slices:
            turn.wake(self._clock())
        records = turn.end(self._failed)
        self._bugs.end()
        return Effects(records, trace.told())

    def _ruling(self, project: str) -> Ruling:
        return self._special.get(project, self._usual)

    def _guarded(self, turn: CorrelateTurn, piece: Slice, record: Record) -> None:
        try:
            self._apply(turn, piece, record)
            self._bugs.fine()
        except Malformed as error:
            turn.refuse(piece, record, error)
            self._bugs.fine()
        except ArgusError:  # of the state: no fault of the record
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the record must not stop its neighbours
            turn.refuse(piece, record, Malformed(BUG, last_frames(error)))
            self._bugs.bug(last_frames(error))

    def _failed(self, error: Exception) -> Malformed:
        """A project can not be looked at: what was new of it is refused, the other projects go on."""
        self._bugs.bug(last_frames(error))
        return Malformed(BUG, last_frames(error))

    def _apply(self, turn: CorrelateTurn, piece: Slice, record: Record) -> None:
        value, is_command = record.value or b"", piece.topic != self._topics.signals  # other regions' commands too
        purging = purged.ordered(record.value, record.headers) if is_command else None
        if purging is not None:
            turn.purge(record.partition, purging, record.timestamp)
            return
        if is_command and len(value) > COMMAND_BYTES:
            raise Malformed("command too large", f"{len(value):,} bytes; the limit is {COMMAND_BYTES:,}")
        try:
            told = (_COMMAND if is_command else _SIGNAL).decode(value)
        except UNREADABLE as error:
            raise Malformed("not a command" if is_command else "not a signal", str(error)) from error
        if record.key != told.project.encode():
            raise Malformed("wrong key", f"the record's key is {record.key!r:.200}, it should be {told.project:.80}")
        if not SLUG.match(told.project):  # its name makes the keys of its state, beside those of groups
            raise Malformed("bad project", f"{told.project!r:.80} is not 1 to 64 of a-z, 0-9 and -")
        if isinstance(told, Signal):
            turn.signal(piece, record, told)
        else:
            turn.command(piece, record, told, at=min(record.timestamp, self._clock() + AHEAD))
