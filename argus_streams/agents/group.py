"""GROUP: sightings and commands in, what is known of each problem out; the state is a table keyed like its inputs."""

from collections.abc import Sequence

import msgspec

from argus_streams.agents.wire import Topics, key_of, ledger_of, letter_of, outgoing
from argus_streams.core.events import Origin
from argus_streams.core.grouping.group import apply, command
from argus_streams.core.grouping.keeping import Keep, exemplars
from argus_streams.core.grouping.state import GroupState, decode, encode, snapshot
from argus_streams.core.ledger import Entry
from argus_streams.core.letters import Letter
from argus_streams.core.messages import Command, Sighting
from argus_streams.errors import Malformed
from argus_streams.streaming.agent import Effects, Slice, State
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing

Key = tuple[int, bytes]  # partition of the inputs and of the table, record key
_SIGHTING = msgspec.json.Decoder(Sighting)
_COMMAND = msgspec.json.Decoder(Command)


class GroupAgent:
    """Counts each occurrence once, decides status, keeps exemplars, signals what is new or back."""

    name = "group"

    def __init__(self, topics: Topics, *, keep: Keep = exemplars) -> None:
        self._topics = topics
        self._keep = keep

    async def turn(self, slices: Sequence[Slice], state: State) -> Effects:
        """Apply all records of the slices; one snapshot a touched group."""
        turn = _Turn(self._topics, state, self._keep)
        for piece in slices:
            read = turn.command if piece.topic == self._topics.commands else turn.sighting
            for record in piece.records:
                try:
                    read(record)
                except (Malformed, msgspec.MsgspecError, UnicodeDecodeError) as error:
                    turn.refuse(piece, record, error)
        return Effects(turn.end())


class _Turn:
    """What one turn gathers."""

    def __init__(self, topics: Topics, state: State, keep: Keep) -> None:
        self._topics = topics
        self._state = state
        self._keep = keep
        self._groups: dict[Key, tuple[str, str, GroupState]] = {}
        self._entries: dict[tuple[str, int, str], list[Entry]] = {}
        self._out: list[Outgoing] = []

    def sighting(self, record: Record) -> None:
        """Count what a sighting tells."""
        seen = _SIGHTING.decode(record.value or b"")
        at = self._at(record, seen.project, seen.fingerprint)
        applied = apply(self._known(at), seen)
        if not applied.changed:
            return
        self._groups[at] = (seen.project, seen.fingerprint, applied.state)
        kept = self._keep(applied, seen)
        if kept is not None:
            self._out.append(outgoing(self._topics.kept, record.key, kept))
        self._out += [outgoing(self._topics.signals, signal.project.encode(), signal) for signal in applied.signals]
        self._entries.setdefault((seen.topic, seen.partition, seen.algorithm), []).extend(
            Entry(seen.project, outcome, "", each.offset, each.index)
            for each, outcome in zip(seen.occurrences, applied.outcomes, strict=True)
            if outcome != "repeat"
        )

    def command(self, record: Record) -> None:
        """Let a command decide a group's status."""
        order = _COMMAND.decode(record.value or b"")
        at = self._at(record, order.project, order.fingerprint)
        origin = Origin(self._topics.commands, record.partition, record.offset)
        commanded = command(self._known(at), order, time=record.timestamp, origin=origin)
        if commanded.changed:
            self._groups[at] = (order.project, order.fingerprint, commanded.state)
            self._out += [outgoing(self._topics.signals, order.project.encode(), each) for each in commanded.signals]

    def refuse(self, piece: Slice, record: Record, error: Exception) -> None:
        """A record of no use becomes a letter; its neighbours go on."""
        letter = Letter(
            stage="group",
            reason="not a command" if piece.topic == self._topics.commands else "not a sighting",
            detail=str(error),
            origins=(Origin(piece.topic_id, piece.partition, record.offset, -1),),
        )
        self._out.append(letter_of(piece.topic, letter, record))

    def end(self) -> list[Outgoing]:
        """Put the states, and give everything that leaves."""
        for (partition, key), (project, fingerprint, state) in self._groups.items():
            self._state.put(partition, key, encode(state))
            if state.count:
                group = snapshot(state, project=project, fingerprint=fingerprint, epoch=self._state.epoch(partition))
                self._out.append(outgoing(self._topics.groups, key, group))
        for (topic_id, partition, algorithm), entries in self._entries.items():
            self._out += ledger_of(self._topics, "group", topic_id, partition, algorithm, entries)
        return self._out

    def _at(self, record: Record, project: str, fingerprint: str) -> Key:
        if record.key != key_of(project, fingerprint):
            raise Malformed("wrong key", f"the record's key is {record.key!r}, it should be {project}:{fingerprint}")
        return record.partition, record.key

    def _known(self, at: Key) -> GroupState | None:
        if at in self._groups:
            return self._groups[at][2]
        stored = self._state.get(*at)
        return None if stored is None else decode(stored)
