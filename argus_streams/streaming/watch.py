"""Whether a worker stands still though nothing explains it: facts in, the reason out.

What explains it is declared elsewhere: holding, a broker that is away, a permission that is missing, a rebalance, a
recovery that gets on, a turn below its bound, an idle topic. All times are seconds of a monotonic clock.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from argus_streams.streaming.position import Partition, Standing

# Over a backlog aiokafka draws by lot whose records come next. If a turn holds one partition's alone, of n, one of them
# waits for more than 20 n turns once in e^20 times.
TURNS = 20


class Bounds(NamedTuple):
    """How long each kind of standing still is borne."""

    loop: float = 60.0  # of the event loop: one pure step over a full turn takes a few seconds
    turn: float = 300.0  # a turn that does not hold
    fetch: float = 60.0
    progress: float = 60.0  # of a partition with records ahead, turns of other partitions not counted
    commit: float = 60.0
    recovery: float = 60.0
    rebalance: float = 120.0  # one generation: a member that is slow to join is put out after 15 s


class Facts(NamedTuple):
    """What is seen of a worker at one moment."""

    declared: str | None  # what work waits for
    member: bool  # has an assignment
    rebalancing: bool
    generation: int  # of the consumer group
    recovered: int | None  # offsets that the running recovery has read; ``None`` = none runs
    agent_ended: bool
    turn: float | None  # when the running turn began
    turns: int  # that have ended
    asked: float  # when the fetch loop last asked for records
    standing: Mapping[Partition, Standing]
    excused: frozenset[Partition] = frozenset()  # whose next records can not be read, which is declared


class _Suspicion(NamedTuple):
    rule: Hashable
    marker: Hashable  # while it stays the same, nothing has moved
    bound: float
    reason: str


@dataclass(slots=True)
class _Behind:
    done: int
    idle: float  # seconds without a turn
    since: float
    turns: int  # that had ended then


class Watch:
    """Remembers since when what has not moved."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._since: dict[Hashable, tuple[Hashable, float]] = {}
        self._behind: dict[Partition, _Behind] = {}
        self._looked: float | None = None

    def look(self, facts: Facts, now: float) -> str | None:
        """Why the worker has to end, or nothing. Call it about once a second."""
        suspicions = [] if facts.declared else list(self._suspicions(facts))
        self._since = {
            each.rule: known
            if (known := self._since.get(each.rule)) is not None and known[0] == each.marker
            else (each.marker, now)
            for each in suspicions
        }
        for each in suspicions:
            if now - self._since[each.rule][1] > each.bound:
                return each.reason
        return self._stuck(facts, now)

    def _suspicions(self, facts: Facts) -> Iterator[_Suspicion]:
        bounds = self._bounds
        if facts.agent_ended:
            yield _Suspicion("agent", None, 0.0, "the agent's task has ended")
        if facts.rebalancing or not facts.member:
            told = "a rebalance" if facts.member else "joining the consumer group"
            yield _Suspicion("rebalance", facts.generation, bounds.rebalance, f"{told} does not come to an end")
            return
        if facts.recovered is not None:
            told = f"recovery has stopped after {facts.recovered} offsets"
            yield _Suspicion("recovery", facts.recovered, bounds.recovery, told)
            return
        if facts.turn is not None:
            yield _Suspicion("turn", facts.turn, bounds.turn, f"a turn does not end within {bounds.turn:.0f} s")
        else:
            yield _Suspicion("fetch", facts.asked, bounds.fetch, "the fetch loop asks for nothing any more")
        for tp, place in facts.standing.items():
            if place.done > place.committed:
                told = (
                    f"{tp.topic}/{tp.partition} is done up to {place.done}, but not committed from {place.committed} on"
                )
                yield _Suspicion(("commit", tp), place.committed, bounds.commit, told)

    def _stuck(self, facts: Facts, now: float) -> str | None:
        """A partition with records ahead that no turn gets."""
        passed = now - self._looked if self._looked is not None and facts.turn is None else 0.0
        self._looked = now
        working = not (facts.declared or facts.rebalancing or not facts.member or facts.recovered is not None)
        behind = {tp: place for tp, place in facts.standing.items() if working and _is_behind(tp, place, facts)}
        self._behind = {tp: self._grown(tp, place, facts, passed, now) for tp, place in behind.items()}
        for tp, state in self._behind.items():
            passed_over = facts.turns - state.turns > TURNS * len(facts.standing)
            starved = passed_over and now - state.since > self._bounds.progress
            if starved or state.idle > self._bounds.progress:
                ahead = behind[tp].end - state.done
                return f"{tp.topic}/{tp.partition} stands still at offset {state.done}, {ahead} before its end"
        return None

    def _grown(self, tp: Partition, place: Standing, facts: Facts, passed: float, now: float) -> _Behind:
        known = self._behind.get(tp)
        if known is None or known.done != place.done:
            return _Behind(place.done, 0.0, now, facts.turns)
        return _Behind(known.done, known.idle + passed, known.since, known.turns)


def _is_behind(tp: Partition, place: Standing, facts: Facts) -> bool:
    """Whether records are ahead that could be had; a log may end in transaction markers, which are none."""
    return place.end > place.done and not place.exhausted and tp not in facts.excused
