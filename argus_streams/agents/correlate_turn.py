"""What one turn of CORRELATE gathers: for each project what is new, then what a look at it tells."""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple, get_args

import msgspec

from argus_streams.agents.overlay import Overlay
from argus_streams.agents.purging import Purges, taken_back
from argus_streams.agents.scoring import News as Counted
from argus_streams.agents.scoring import Scoring
from argus_streams.agents.tracing import Trace
from argus_streams.agents.wire import Topics, key_of, letter_of, outgoing
from argus_streams.core.events import Origin, Signal
from argus_streams.core.findings import IncidentCommand, ScoreType
from argus_streams.core.incidents.facts import Fact, fact_of, identity
from argus_streams.core.incidents.fold import Ruling
from argus_streams.core.incidents.memory import begun_anew, forgotten
from argus_streams.core.incidents.orders import Complaint, Order, order_of
from argus_streams.core.incidents.project import News, Outcome, look
from argus_streams.core.incidents.seen import Seen, shard_of
from argus_streams.core.letters import WHOLE, Letter
from argus_streams.core.purged import Mark
from argus_streams.core.quality import standing
from argus_streams.core.tracing import Context, Value
from argus_streams.errors import ArgusError, Malformed
from argus_streams.streaming.agent import Slice, State
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing

AGENDA = b":agenda"  # no project's key begins so
LATER = 3_600_000  # ms, until a project is looked at again whose state our own mistake can not read
_DUE = msgspec.msgpack.Decoder(dict[str, int])

log = logging.getLogger(__name__)

Place = tuple[int, str]  # partition and project


class _Arrived(NamedTuple):
    """A record that a look may have to refuse."""

    piece: Slice
    record: Record


class _Gathered:
    """What is new of one project."""

    def __init__(self) -> None:
        self.stream = 0  # ms
        self.facts: list[Fact] = []
        self.fresh: list[Signal] = []  # all that were not seen before
        self.orders: list[Order] = []
        self.asking: list[Signal] = []
        self.shards: dict[str, Seen] = {}
        self.signals: list[_Arrived] = []
        self.causes: dict[str, list[Context]] = {}  # of what follows from a signal, by its subject
        self.commands: dict[tuple[int, str, int, int], _Arrived] = {}  # by the order's place


class CorrelateTurn:
    """What one turn gathers; a record that fails leaves nothing in it."""

    def __init__(
        self, topics: Topics, state: State, ruling: Callable[[str], Ruling], scoring: Scoring, trace: Trace
    ) -> None:
        self._topics = topics
        self._state = state
        self._ruling = ruling
        self._scoring = scoring
        self._trace = trace
        self._purges = Purges(state, "correlate")
        self._projects: dict[Place, _Gathered] = {}
        self._now = 0
        self._out: list[Outgoing] = []

    def signal(self, piece: Slice, record: Record, signal: Signal) -> None:
        """One signal; of a repeat nothing is left but the time."""
        at = min(signal.received_at, record.timestamp)  # an input's own clock may be years ahead of the broker's
        if at <= self._purges.until(record.partition, signal.project):
            return
        gathered = self._gathered(record.partition, signal.project)
        gathered.stream = max(gathered.stream, at)
        fact = fact_of(signal, at)
        if fact is None and signal.kind != "group_grown":
            return
        known = identity(signal.project, signal.signal_id)
        if not self._shard(gathered, record.partition, signal.project, known).add(known, gathered.stream):
            self._follow(piece, record, signal, "repeat")
            return
        gathered.fresh.append(signal)
        if fact is not None:
            gathered.facts.append(fact)
        if signal.kind.startswith("group_"):
            gathered.asking.append(signal)
        gathered.signals.append(_Arrived(piece, record))
        context = self._follow(piece, record, signal, "heard")
        if context is not None:
            gathered.causes.setdefault(signal.subject, []).append(context)

    def _follow(self, piece: Slice, record: Record, signal: Signal, outcome: str) -> Context | None:
        cause = self._trace.cause(piece, record)
        if cause is None:
            return None
        told: dict[str, Value] = {
            "argus.project": signal.project, "argus.kind": signal.kind, "argus.outcome": outcome
        }  # fmt: skip
        return self._trace.add(cause.span("correlate", told))

    def command(self, piece: Slice, record: Record, command: IncidentCommand, *, at: int) -> None:
        """One command, given at ``at`` (ms). Raises ``Malformed`` for one that means nothing."""
        if at <= self._purges.until(record.partition, command.project):
            return
        gathered = self._gathered(record.partition, command.project)
        order = order_of(command, at=at, topic=piece.topic_id, partition=record.partition, offset=record.offset)
        if isinstance(order, Complaint):
            raise Malformed(order.reason, order.detail)
        gathered.orders.append(order)
        gathered.commands[order.place] = _Arrived(piece, record)

    def purge(self, partition: int, project: str, asked: int) -> None:
        """Forget a project's incidents and scores; ``asked`` is Kafka's time (ms) of the order."""
        known = self._purges.mark(partition, project)
        if known is not None and asked <= known.until:
            return
        values = Overlay(self._state, partition, project)
        left, quality = forgotten(values.get("")), values.get("quality")
        tally = standing.Tally() if quality is None else standing.tally(quality)
        writes = max(left.writes, tally.writes, self._purges.writes(partition, project))
        for key in self._state.keys(partition, f"{project}/".encode()):
            self._state.put(partition, key, None)
        values.put("", begun_anew(writes))
        values.put("quality", standing.encode(standing.Tally(writes=writes)))
        values.keep()
        self._plan(partition, {project: None})
        mark = Mark(asked, max(asked, left.until), self._state.epoch(partition), writes)
        self._purges.enter(partition, project, mark)
        self._out += taken_back(self._topics.correlated, -1, project, left.incidents, mark)
        self._out += taken_back(self._topics.scores, -1, project, get_args(ScoreType), mark)

    def wake(self, now: int) -> None:
        """Look at what is due at ``now``, ms."""
        self._now = now
        for partition in self._state.partitions():
            for project, due in self._agenda(partition).items():
                if due <= now:
                    self._gathered(partition, project)

    def refuse(self, piece: Slice, record: Record, error: Malformed) -> None:
        """A record of no use becomes a letter; its neighbours go on."""
        origins = (Origin(piece.topic_id, piece.partition, record.offset, WHOLE),)
        letter = Letter(stage="correlate", reason=error.reason, detail=error.detail, origins=origins)
        self._trace.refused("correlate", piece, record, error.reason)
        self._out.append(letter_of(self._topics.dead(piece.topic), letter, record))

    def end(self, failed: Callable[[Exception], Malformed]) -> list[Outgoing]:
        """Look at all projects of which there is news, put their states, and give everything that leaves."""
        due: dict[int, dict[str, int | None]] = {}
        for (partition, project), gathered in self._projects.items():
            values = Overlay(self._state, partition, project)
            try:
                outcome = self._look(values, partition, project, gathered)
                news = Counted(gathered.fresh, outcome.open, self._now)
                scored = self._scoring.score(project, values, news, self._state.epoch(partition))
            except ArgusError:
                raise
            except Exception as error:  # one project's state must not stop the others
                if gathered.signals or gathered.commands:
                    self._refuse_all(gathered, failed(error))
                else:  # nothing is to be refused, and it would be the same again at once
                    log.exception("what is due of %s can not be looked at", project)
                    due.setdefault(partition, {})[project] = self._now + LATER
                continue
            # Last, for a kill may leave any beginning of what is written: a signal that is known to have come, and is
            # nowhere else, would be lost.
            for name, shard in gathered.shards.items():
                values.put(f"seen/{name}", shard.encoded())
            values.keep()
            self._send(project, outcome, gathered)
            self._out += [
                outgoing(self._topics.scores, key_of(project, each.score_type), each) for each in scored.scores
            ]
            times = [time for time in (outcome.due, scored.due) if time is not None]
            due.setdefault(partition, {})[project] = min(times, default=None)
        for partition, changed in due.items():
            self._plan(partition, changed)
        return self._out

    def _look(self, values: Overlay, partition: int, project: str, gathered: _Gathered) -> Outcome:
        news = News(gathered.facts, gathered.orders, gathered.asking, gathered.stream, self._now)
        return look(project, self._ruling(project), values, news, epoch=self._state.epoch(partition))

    def _send(self, project: str, outcome: Outcome, gathered: _Gathered) -> None:
        topics = self._topics
        for incident in outcome.incidents:
            cause = self._cause(gathered, incident.incident, [each.subject for each in incident.members])
            self._out.append(outgoing(topics.correlated, key_of(project, incident.incident), incident, cause))
        for request in outcome.requests:
            members = () if request.incident is None else request.incident.members
            cause = self._cause(gathered, request.subject, [request.subject, *(each.subject for each in members)])
            self._out.append(outgoing(topics.requests, project.encode(), request, cause))
        for order, complaint in outcome.complaints:
            arrived = gathered.commands.get(order.place)
            if arrived is not None:
                self.refuse(*arrived, Malformed(complaint.reason, complaint.detail))

    def _cause(self, gathered: _Gathered, about: str, subjects: Sequence[str]) -> Context | None:
        """What an incident or a request is to name: the followed signals of this turn that are in it."""
        if not gathered.causes:
            return None
        causes = [each for subject in subjects for each in gathered.causes.get(subject, ())]
        return self._trace.joined("incident", causes, (about,), {"argus.incident": about})

    def _refuse_all(self, gathered: _Gathered, error: Malformed) -> None:
        for piece, record in (*gathered.signals, *gathered.commands.values()):
            self.refuse(piece, record, error)

    def _gathered(self, partition: int, project: str) -> _Gathered:
        return self._projects.setdefault((partition, project), _Gathered())

    def _shard(self, gathered: _Gathered, partition: int, project: str, known: int) -> Seen:
        name = shard_of(known)
        found = gathered.shards.get(name)
        if found is None:
            stored = self._state.get(partition, f"{project}/seen/{name}".encode())
            found = gathered.shards[name] = Seen(stored)
        return found

    def _agenda(self, partition: int) -> dict[str, int]:
        stored = self._state.get(partition, AGENDA)
        return {} if stored is None else _DUE.decode(stored)

    def _plan(self, partition: int, changed: dict[str, int | None]) -> None:
        """Note when to look again; what is noted too early only costs a look."""
        before = self._agenda(partition)
        after = dict(before)
        for project, due in changed.items():
            if due is None:
                after.pop(project, None)
            elif self._now or not before.get(project, 0) or due < before[project]:
                after[project] = due
        if after != before:
            self._state.put(partition, AGENDA, msgspec.msgpack.encode(after))
