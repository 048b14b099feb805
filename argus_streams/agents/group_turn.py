"""What one turn of GROUP gathers: changed states, snapshots, signals, kept events, and an account of each event."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from argus_streams.agents import remembered
from argus_streams.agents.purging import Purges, taken_back
from argus_streams.agents.remembered import Remembered
from argus_streams.agents.tracing import Trace
from argus_streams.agents.wire import Topics, ledger_of, letter_of, outgoing, signal_of
from argus_streams.core.events import Origin, Signal
from argus_streams.core.grouping.group import Applied, apply, burst, command
from argus_streams.core.grouping.keeping import Keep
from argus_streams.core.grouping.redelivery import Ids, Of, salt_of
from argus_streams.core.grouping.spike import Bursts, Project, project_key
from argus_streams.core.grouping.state import GroupState, decode, encode, is_group, last_told, snapshot, status
from argus_streams.core.ledger import Entry
from argus_streams.core.letters import WHOLE, Letter
from argus_streams.core.messages import Command, Group, Sighting
from argus_streams.core.purged import Mark, headers_of
from argus_streams.core.tracing import Context, Value
from argus_streams.errors import Malformed
from argus_streams.streaming.agent import Slice, State
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing

Key = tuple[int, bytes]  # partition of the inputs and of the table, record key


class How(NamedTuple):
    """What a deployment decides of it."""

    keep: Keep
    bursts: Bursts
    since: int  # ms; when the generation began
    remembered: Remembered | None = None  # ids of lately, where one body may come by two regions


class _Touched(NamedTuple):
    """A group that the turn changed."""

    project: str
    fingerprint: str
    state: GroupState
    encoded: bytes


class GroupTurn:
    """What one turn gathers; a record that fails leaves nothing in it."""

    def __init__(self, topics: Topics, state: State, how: How, trace: Trace) -> None:
        self._topics = topics
        self._state = state
        self._how = how
        self._trace = trace
        self._causes: dict[Key, list[Context]] = {}  # of what is told of a group
        self._purges = Purges(state, "group")
        self._groups: dict[Key, _Touched] = {}
        self._projects: dict[tuple[int, str], Project] = {}  # by partition and slug
        self._told: dict[int, Ids] = {}  # by partition
        self._entries: dict[tuple[str, int, str], list[Entry]] = {}
        self._out: list[Outgoing] = []

    def sighting(self, at: Key, seen: Sighting, piece: Slice, record: Record) -> None:
        """Count what a sighting tells."""
        known, purged = self._known(at), self._purges.until(at[0], seen.project)
        ids = self._ids(at[0], seen)
        applied = apply(known or self._fresh(at, seen.project), seen, ids, purged=purged)
        cause = self._trace.cause(piece, record)
        span = None if cause is None else cause.span("group", _told(seen, applied))
        if "purged" in applied.outcomes and known is None:
            self._take_back(at, seen.project)
        if applied.changed:
            self._count(at, seen, known, applied, None if span is None else span.context)
            if ids is not None:
                ids.took(seen.topic, seen.partition, applied.fresh)
        self._entries.setdefault((seen.topic, seen.partition, seen.algorithm), []).extend(
            Entry(seen.project, outcome, "", each.offset, each.index)
            for each, outcome in zip(seen.occurrences, applied.outcomes, strict=True)
            if outcome != "repeat"
        )
        if span is not None:
            self._trace.add(span)

    def _count(
        self, at: Key, seen: Sighting, known: GroupState | None, applied: Applied, cause: Context | None
    ) -> None:
        project = self._project(at[0], seen.project)
        applied = burst(applied, seen, project, self._how.bursts.of(seen.project))
        kept = self._how.keep(applied, seen)
        out = [] if kept is None else [outgoing(self._topics.kept, at[1], kept, cause)]
        out += self._signals(applied.signals, cause)
        self._groups[at] = _Touched(seen.project, seen.fingerprint, applied.state, encode(applied.state))
        project.add(applied.buckets, known.buckets if known else ())
        self._out += out
        if cause is not None:
            self._causes.setdefault(at, []).append(cause)

    def purge(self, partition: int, project: str, asked: int, *, now: int) -> None:
        """Forget all groups of a project; ``asked`` is Kafka's time (ms) of the order.

        What was counted until it is read, ``now``, goes with it, for a count can not be taken apart.
        """
        known = self._purges.mark(partition, project)
        keys = self._state.keys(partition, project_key(project))
        found = {key: decode(self._state.get(partition, key) or b"") for key in keys if is_group(key)}
        if known is None or known.until < asked:
            until = max([asked, *(min(last_told(state), now) for state in found.values())])
            writes = max([self._purges.writes(partition, project), *(state.writes for state in found.values())])
            known = Mark(asked, until, self._state.epoch(partition), writes)
        # Before the rest: whoever is killed within this turn begins it anew by the same mark.
        self._purges.enter(partition, project, known)
        gone = [key for key in found if found[key].writes <= known.writes]
        for key in (*gone, project_key(project)):
            self._state.put(partition, key, None)
        names = [key.decode().partition(":")[2] for key in gone]
        self._out += taken_back(self._topics.groups, partition, project, names, known)

    def command(self, at: Key, order: Command, piece: Slice, record: Record) -> None:
        """Let a command decide a group's status."""
        origin = Origin(piece.topic_id, record.partition, record.offset)
        time = record.timestamp if order.at is None else max(0, min(order.at, record.timestamp))
        if time <= self._purges.until(at[0], order.project):
            return
        known = self._known(at) or self._fresh(at, order.project)
        commanded = command(known, order, time=time, origin=origin)
        cause = self._trace.cause(piece, record)
        span = None if cause is None else cause.span("group", _about(order, commanded.reason, commanded.state))
        if commanded.changed:
            out = self._signals(commanded.signals, None if span is None else span.context)
            self._groups[at] = _Touched(order.project, order.fingerprint, commanded.state, encode(commanded.state))
            self._out += out
            if span is not None:
                self._causes.setdefault(at, []).append(span.context)
        if span is not None:
            self._trace.add(span)

    def refuse(self, piece: Slice, record: Record, error: Malformed) -> None:
        """A record of no use becomes a letter; its neighbours go on."""
        origins = (Origin(piece.topic_id, piece.partition, record.offset, WHOLE),)
        letter = Letter(stage="group", reason=error.reason, detail=error.detail, origins=origins)
        self._trace.refused("group", piece, record, error.reason)
        self._out.append(letter_of(self._topics.dead(piece.topic), letter, record))

    def end(self) -> list[Outgoing]:
        """Put the states, and give everything that leaves."""
        for (partition, slug), known in self._projects.items():
            self._state.put(partition, project_key(slug), known.encode())
        for at, touched in self._groups.items():
            (partition, key), epoch = at, self._state.epoch(at[0])
            self._state.put(partition, key, touched.encoded)
            if touched.state.count:
                project, fingerprint, state, _ = touched
                group = snapshot(state, project=project, fingerprint=fingerprint, epoch=epoch)
                self._out.append(outgoing(self._topics.groups, key, group, self._cause(at, group)))
        remembered.keep(self._told, self._state)
        for (topic_id, partition, algorithm), entries in self._entries.items():
            self._out += ledger_of(self._topics, "group", topic_id, partition, algorithm, entries)
        return self._out

    def _signals(self, signals: Sequence[Signal], cause: Context | None) -> list[Outgoing]:
        return [signal_of(self._topics, each, self._how.since, cause) for each in signals]

    def _cause(self, at: Key, group: Group) -> Context | None:
        """What a snapshot is to name: what alone changed the group, or a span that is linked with all that did."""
        causes = self._causes.get(at)
        if causes is None:
            return None
        told: dict[str, Value] = {"argus.project": group.project, "argus.fingerprint": group.fingerprint}
        return self._trace.joined("snapshot", causes, (group.project, group.fingerprint), told)

    def _fresh(self, at: Key, project: str) -> GroupState:
        """A group of which nothing is known."""
        return GroupState(writes=self._purges.writes(at[0], project))

    def _take_back(self, at: Key, project: str) -> None:
        """Of a group that a killed worker may have told before the purge: its state never got so far."""
        mark = self._purges.mark(at[0], project)
        if mark is not None and at not in self._groups:
            self._out.append(Outgoing(self._topics.groups, at[1], None, headers_of(mark)))

    def _known(self, at: Key) -> GroupState | None:
        if at in self._groups:
            return self._groups[at].state
        stored = self._state.get(*at)
        state = None if stored is None else decode(stored)
        project = at[1].partition(b":")[0].decode()
        # What is of before a purge may lie there still, where its owner was killed in the midst of it.
        is_gone = state is not None and state.writes <= self._purges.writes(at[0], project)
        return None if is_gone else state

    def _ids(self, partition: int, seen: Sighting) -> Of | None:
        """Those of lately of the group; ``None`` where only its own latest are remembered."""
        if self._how.remembered is None:
            return None
        found = self._told.get(partition)
        if found is None:
            found = self._told[partition] = self._how.remembered.of(partition, self._state)
        return Of(found, salt_of(seen.project, seen.fingerprint))

    def _project(self, partition: int, slug: str) -> Project:
        """What the partition knows of a project; it is changed in place, and put at the end of the turn."""
        known = self._projects.get((partition, slug))
        if known is None:
            stored = self._state.get(partition, project_key(slug))
            known = self._projects[partition, slug] = Project() if stored is None else Project.decode(stored)
        return known


def _told(seen: Sighting, applied: Applied) -> dict[str, Value]:
    told = Counter(applied.outcomes)
    return _about(seen, told.most_common(1)[0][0], applied.state) | {f"argus.{name}": n for name, n in told.items()}


def _about(of: Sighting | Command, outcome: str, state: GroupState) -> dict[str, Value]:
    return {
        "argus.project": of.project,
        "argus.fingerprint": of.fingerprint,
        "argus.outcome": outcome,
        "argus.count": state.count,
        "argus.status": status(state),
    }
