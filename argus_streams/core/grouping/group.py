"""What a sighting or a command changes of a group: pure, and the same whatever order the topics arrive in.

Each occurrence counts once: what stands at or below its partition's mark is counted already, for the events of one
partition reach a group in their order.
"""

from hashlib import blake2b
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from argus_streams.core.events import Event, Origin, Signal, SignalKind
from argus_streams.core.grouping.state import Decided, GroupState, breaks, ruling, standing
from argus_streams.core.grouping.tally import Outcome, Regression, Tally
from argus_streams.core.messages import Command, KeptBecause, Sighting


class Applied(Struct, frozen=True):
    """What a sighting did."""

    state: GroupState
    outcomes: tuple[Outcome, ...]  # of each occurrence; a repeat was accounted for before
    kept: Event | None  # the exemplar, if this sighting gave one ...
    because: KeptBecause | None  # ... and why
    signals: tuple[Signal, ...]
    changed: bool


class Commanded(Struct, frozen=True):
    """What a command did."""

    state: GroupState
    reason: Literal["applied", "superseded", "repeat"]
    signals: tuple[Signal, ...]
    changed: bool


def apply(state: GroupState | None, sighting: Sighting) -> Applied:
    """Count what is new in a sighting; a repeat changes nothing at all."""
    before = state or GroupState()
    tally = Tally(before, sighting)
    outcomes = tuple([tally.take(occurrence) for occurrence in sighting.occurrences])
    if tally.mark == tally.start:
        return Applied(before, outcomes, None, None, (), changed=False)
    after = tally.state(told=outcomes[0] == "counted")
    # The whole event is the first occurrence: if that one is not counted, the next sighting gives the exemplar.
    because = _because(before, after, tally) if outcomes[0] == "counted" else None
    if because is not None:
        after = msgspec.structs.replace(after, next_kept=1 << after.count.bit_length())
    kept = None if because is None else sighting.event
    return Applied(after, outcomes, kept, because, _signals(before, after, tally), changed=True)


def command(state: GroupState | None, order: Command, *, time: int, origin: Origin) -> Commanded:
    """Let the last command by (time, origin) win, also over one that arrived before it; it may precede its group."""
    before = state or GroupState()
    decided = Decided(time, origin, order.action, order.by)
    if before.decided is not None and before.decided >= decided:
        same = before.decided.origin == origin
        return Commanded(before, "repeat" if same else "superseded", (), changed=False)
    after = msgspec.structs.replace(before, decided=decided, writes=before.writes + 1)
    told = _Told(after, order.project, order.fingerprint)
    # An occurrence of later than this resolve was read first.
    broken = ruling(decided, standing(after)) is decided and breaks(decided, after.last_received)
    signals = (_regressed(told, Regression(origin, origin, time)),) if broken else ()
    return Commanded(after, "applied", signals, changed=True)


def _because(before: GroupState, after: GroupState, tally: Tally) -> KeptBecause | None:
    if before.count == 0:
        return "first"
    if after.count >= before.next_kept:
        return "doubling"
    return "regression" if tally.regressions else None


class _Told(NamedTuple):
    """What a signal is about."""

    state: GroupState
    project: str
    fingerprint: str


def _signals(before: GroupState, after: GroupState, tally: Tally) -> tuple[Signal, ...]:
    told = _Told(after, tally.sighting.project, tally.sighting.fingerprint)
    signals = [_regressed(told, regression) for regression in tally.regressions]
    if before.count == 0 and tally.counted:
        first = tally.counted[0]
        signals.insert(0, _signal(told, "group_new", "", tally.origin(first), first.received_at))
    return tuple(signals)


def _regressed(told: _Told, regression: Regression) -> Signal:
    """One signal for each resolve that does not hold, whichever of the two is read first."""
    topic, partition, offset, index = msgspec.structs.astuple(regression.resolve)
    cause = f"{topic}/{partition}/{offset}/{index}"
    return _signal(told, "group_regressed", cause, regression.origin, regression.received_at)


def _signal(told: _Told, kind: SignalKind, cause: str, origin: Origin, received_at: int) -> Signal:
    """The id is the same however often and by whichever way it is told; the rest is of the moment."""
    state, about = told.state, told.state.about
    framed = "".join(f"{len(text)}:{text}" for text in (kind, told.project, told.fingerprint, cause))
    return Signal(
        kind=kind,
        subject=told.fingerprint,
        title=about.title if about else told.fingerprint,
        service=about.service if about else None,
        environment=state.environments[0] if len(state.environments) == 1 else None,
        release=state.last_release and state.last_release[1],
        occurred_at=state.last_seen,
        project=told.project,
        source=next(iter(state.sources), ""),
        signal_id=blake2b(framed.encode(), digest_size=16).hexdigest(),
        origin=origin,
        received_at=received_at,
    )
