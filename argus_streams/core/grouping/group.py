"""What a sighting or a command changes of a group: pure, and the same whatever order the topics arrive in.

Each occurrence counts once: what stands at or below its partition's mark is counted already, for the events of one
partition reach a group in their order.
"""

from collections.abc import Container, Iterator, Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from argus_streams.core.events import Event, Origin, Signal
from argus_streams.core.grouping import links, spike
from argus_streams.core.grouping.signals import Cause, Subject, signal
from argus_streams.core.grouping.state import Decided, GroupState, breaks, ruling, standing, status
from argus_streams.core.grouping.tally import Outcome, Regression, Tally
from argus_streams.core.messages import Command, GroupStatus, KeptBecause, Sighting


class Applied(Struct, frozen=True):
    """What a sighting did."""

    state: GroupState
    outcomes: tuple[Outcome, ...]  # of each occurrence; a repeat was accounted for before
    kept: Event | None  # the exemplar, if this sighting gave one ...
    because: KeptBecause | None  # ... and why
    signals: tuple[Signal, ...]
    changed: bool
    buckets: Mapping[int, int] = {}  # five minutes since 1970 → how many were newly counted
    fresh: Mapping[int, int] = {}  # Kafka's time by id, to be remembered beyond the latest


class Commanded(Struct, frozen=True):
    """What a command did."""

    state: GroupState
    reason: Literal["applied", "superseded", "repeat"]
    signals: tuple[Signal, ...]
    changed: bool


def apply(
    state: GroupState | None, sighting: Sighting, told: Container[int] | None = None, *, purged: int = 0
) -> Applied:
    """Count what is new in a sighting; a repeat changes nothing at all, nor does what is of before a purge (ms).

    ``told`` are hashes of ids that are remembered beyond the group's own latest.
    """
    before = state or GroupState()
    tally = Tally(before, sighting, told, purged=purged)
    outcomes = tuple([tally.take(occurrence) for occurrence in sighting.occurrences])
    if tally.mark == tally.start:
        return Applied(before, outcomes, None, None, (), changed=False)
    after = tally.state(told=outcomes[0] == "counted")
    # The whole event is the first occurrence: if that one is not counted, the next sighting gives the exemplar.
    because = _because(before, after, tally) if outcomes[0] == "counted" else None
    if because is not None:
        after = msgspec.structs.replace(after, next_kept=1 << after.count.bit_length())
    kept = None if because is None else sighting.event
    signals = tuple(_signals(before, after, tally)) if _notable(before, after, tally) else ()
    return Applied(after, outcomes, kept, because, signals, changed=True, buckets=tally.buckets, fresh=tally.fresh)


def burst(applied: Applied, sighting: Sighting, project: spike.Project, limits: spike.Limits) -> Applied:
    """Tell the bursts that a sighting brought; ``project`` is what its partition knows of the others."""
    state = applied.state
    if state.count < limits.threshold:  # no five minutes of it can reach that
        return applied
    found = spike.spikes(state.buckets, applied.buckets, project, limits=limits, last=state.spiked)
    if not found:
        return applied
    state = msgspec.structs.replace(state, spiked=found[-1].bucket)
    told = tuple([_spiking(state, applied, sighting, each) for each in found])
    return msgspec.structs.replace(applied, state=state, signals=applied.signals + told)


def command(state: GroupState | None, order: Command, *, time: int, origin: Origin) -> Commanded:
    """Let the last command by (time, origin) win, also over one that arrived before it; it may precede its group.

    Raises ``Malformed`` where a link does not say with what.
    """
    before = state or GroupState()
    if order.action == "link" or order.action == "unlink":  # noqa: PLR1714 - which type checkers understand
        return _link(before, order, links.word_of(order, time=time, origin=origin))
    return _decide(before, order, Decided(time, origin, order.action, order.by))


def _decide(before: GroupState, order: Command, decided: Decided) -> Commanded:
    if before.decided is not None and before.decided >= decided:
        same = before.decided.origin == decided.origin
        return Commanded(before, "repeat" if same else "superseded", (), changed=False)
    after = msgspec.structs.replace(before, decided=decided, writes=before.writes + 1)
    subject = Subject(order.project, order.fingerprint)
    # An occurrence of later than this resolve was read first.
    if ruling(decided, standing(after)) is decided and breaks(decided, after.last_received):
        broken = Regression(decided.time, decided.origin, decided.time)
        return Commanded(after, "applied", (_regressed(after, subject, broken),), changed=True)
    return Commanded(after, "applied", tuple(_settled(before, after, subject)), changed=True)


def _link(before: GroupState, order: Command, word: links.Word) -> Commanded:
    other = order.other or ""
    words = links.heard(before.words, other, word)
    if words is before.words:
        same = other in words and words[other].origin == word.origin
        return Commanded(before, "repeat" if same else "superseded", (), changed=False)
    after = msgspec.structs.replace(before, words=words, writes=before.writes + 1)
    return Commanded(after, "applied", (), changed=True)


def _because(before: GroupState, after: GroupState, tally: Tally) -> KeptBecause | None:
    if before.count == 0:
        return "first"
    if after.count >= before.next_kept:
        return "doubling"
    return "regression" if tally.regressions else None


def _notable(before: GroupState, after: GroupState, tally: Tally) -> bool:
    """Whether there may be something to signal: as a rule there is nothing."""
    grown = before.count == 0 or len(str(before.count)) < len(str(after.count))
    return grown or bool(tally.regressions) or after.decided is not None or after.ended is not None


def _signals(before: GroupState, after: GroupState, tally: Tally) -> Iterator[Signal]:
    sighting = tally.sighting
    is_gone = sighting.occurrences[0].received_at <= tally.purged  # the one that is told whole
    subject = Subject(sighting.project, sighting.fingerprint, Event() if is_gone else sighting.event)
    counted = tally.counted
    if before.count == 0 and counted:
        yield signal(after, subject, Cause("group_new", "", tally.origin(counted[0]), counted[0].received_at))
    for digits in range(len(str(before.count)), len(str(after.count))):
        number = 10**digits
        reached = counted[number - before.count - 1]
        yield signal(after, subject, Cause("group_grown", str(number), tally.origin(reached), reached.received_at))
    for regression in tally.regressions:
        yield _regressed(after, subject, regression)
    if after.decided is not None or after.ended is not None:
        yield from _settled(before, after, subject)


def _regressed(state: GroupState, subject: Subject, regression: Regression) -> Signal:
    """One signal for each resolve that does not hold, whichever of the two is read first."""
    cause = Cause("group_regressed", str(regression.resolve), regression.origin, regression.received_at)
    return signal(state, subject, cause)


def _settled(before: GroupState, after: GroupState, subject: Subject) -> Iterator[Signal]:
    """The signal of a group that has become resolved or ignored, or of which that is taken back."""
    was, now = _shown(before), _shown(after)
    if now in (was, "regressed") or (now == "open" and was == "regressed"):
        return
    decided = ruling(after.decided, standing(after)) or after.ended
    if decided is not None:
        told = signal(after, subject, Cause("group_resolved", f"{now}/{decided.time}", decided.origin, decided.time))
        yield msgspec.structs.replace(told, status=now)


def _shown(state: GroupState) -> GroupStatus:
    """The status that people see: of what has not happened yet, nobody sees one."""
    return status(state) if state.count else "open"


def _spiking(state: GroupState, applied: Applied, sighting: Sighting, found: spike.Spike) -> Signal:
    taken = zip(sighting.occurrences, applied.outcomes, strict=True)
    within = (each for each, how in taken if how == "counted" and each.received_at // spike.BUCKET == found.bucket)
    *_, last = within
    origin = Origin(sighting.topic, sighting.partition, last.offset, last.index)
    event = Event() if applied.outcomes[0] == "purged" else sighting.event
    subject = Subject(sighting.project, sighting.fingerprint, event)
    told = signal(state, subject, Cause("group_spiking", str(found.start), origin, last.received_at))
    return msgspec.structs.replace(told, count=found.count, baseline=found.baseline)
