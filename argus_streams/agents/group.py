"""GROUP: sightings and commands in, what is known of each problem out; the state is a table keyed like its inputs."""

from collections.abc import Callable, Sequence

import msgspec

from argus_streams.agents.group_turn import GroupTurn, How
from argus_streams.agents.purging import orders_first
from argus_streams.agents.remembered import Remembered
from argus_streams.agents.streak import Streak
from argus_streams.agents.tracing import Begin, untraced
from argus_streams.agents.wire import UNREADABLE, Topics, key_of
from argus_streams.core import purged
from argus_streams.core.bugs import BUG, last_frames
from argus_streams.core.events import LAST_TIME
from argus_streams.core.grouping.keeping import Keep, exemplars
from argus_streams.core.grouping.spike import Bursts
from argus_streams.core.grouping.state import is_group
from argus_streams.core.messages import COMMAND_BYTES, Command, Sighting
from argus_streams.errors import ArgusError, Malformed
from argus_streams.streaming.agent import Effects, Slice, State
from argus_streams.streaming.position import Record

_SIGHTING = msgspec.json.Decoder(Sighting)
_COMMAND = msgspec.json.Decoder(Command)


class GroupAgent:
    """Counts each occurrence once, decides status, keeps exemplars, signals what is new or back."""

    name = "group"

    def __init__(  # noqa: PLR0913 - each is a choice of the deployment
        self,
        topics: Topics,
        bursts: Bursts,
        *,
        keep: Keep = exemplars,
        since: int = 0,
        clock: Callable[[], int] = lambda: LAST_TIME,
        trace: Begin = untraced,
        remembered: Remembered | None = None,
    ) -> None:
        self._topics = topics
        self._how = How(keep, bursts, since, remembered)
        self._clock = clock  # ms since 1970; a purge takes nothing that is said to come later
        self._bugs = Streak()
        self._trace = trace

    async def turn(self, slices: Sequence[Slice], state: State) -> Effects:
        """Apply all records; one snapshot a touched group. Raises ``Unavailable`` after a thousand bugs in a row."""
        trace = self._trace()
        turn = GroupTurn(self._topics, state, self._how, trace)
        self._bugs.begin()
        for piece, record in orders_first(slices):
            try:
                self._apply(turn, piece, record)
                self._bugs.fine()
            except Malformed as error:
                turn.refuse(piece, record, error)
                self._bugs.fine()
            except ArgusError:  # of the state: no fault of the record, and no bug of a pure step
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the record must not stop its neighbours
                turn.refuse(piece, record, Malformed(BUG, last_frames(error)))
                self._bugs.bug(last_frames(error))
        self._bugs.end()
        return Effects(turn.end(), trace.told())

    def _apply(self, turn: GroupTurn, piece: Slice, record: Record) -> None:
        is_command = piece.topic != self._topics.normalized  # else other regions' commands too
        if is_command and len(record.value or b"") > COMMAND_BYTES:
            raise Malformed("command too large", f"{len(record.value or b''):,} bytes; the limit is {COMMAND_BYTES:,}")
        project = purged.ordered(record.value, record.headers) if is_command else None
        if project is not None:
            turn.purge(record.partition, project, record.timestamp, now=self._clock())
            return
        try:
            told = (_COMMAND if is_command else _SIGHTING).decode(record.value or b"")
        except UNREADABLE as error:
            raise Malformed("not a command" if is_command else "not a sighting", str(error)) from error
        key = key_of(told.project, told.fingerprint)
        if ":" in told.project or not is_group(key):  # under such keys lie states of whole projects
            raise Malformed("no group", f"project {told.project!r:.80}, fingerprint {told.fingerprint!r:.80}")
        if record.key != key:
            raise Malformed("wrong key", f"the record's key is {record.key!r}, it should be {key.decode()}")
        if isinstance(told, Sighting):
            turn.sighting((record.partition, record.key), told, piece, record)
        else:
            turn.command((record.partition, record.key), told, piece, record)
