"""What is counted of a project for its scores, signal by signal: a few numbers, and a few bytes a group."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from argus_streams.core.changes import outcome
from argus_streams.core.events import Kind, Severity, Signal

HOUR, DAY = 3_600_000, 86_400_000  # ms
SPIKE_HOURS, DEPLOY_DAYS, CI_DAYS = 24, 30, 7
REPORTS = 200  # suites whose last report is kept

Outcomes = tuple[int, int]  # well, badly


class Standing(Struct, frozen=True, array_like=True):
    """One group as its signals tell it."""

    at: int  # ms, Kafka's time of the last one
    open: bool
    regressed: bool
    of: Kind
    severity: Severity
    users: int


class Tally(Struct, frozen=True, array_like=True):
    """A project's numbers; new fields go to the end, with a default."""

    writes: int = 0
    at: int = 0  # ms, Kafka's time of the latest signal
    groups: dict[str, int] = {}  # open ones by ``_class``
    users: int = 0  # touched by open groups
    spikes: dict[int, int] = {}  # by hour since 1970
    arrivals: dict[int, int] = {}  # new and regressed groups, by hour since 1970
    deploys: dict[int, Outcomes] = {}  # by day since 1970
    runs: dict[int, Outcomes] = {}  # of CI, by day since 1970
    failing: dict[str, tuple[int, int]] = {}  # suite → Kafka's time of its last report, and failures in it
    told: dict[str, str] = {}  # score type → what was told last


_PACK = msgspec.msgpack.Encoder()
_STANDING = msgspec.msgpack.Decoder(Standing)
_TALLY = msgspec.msgpack.Decoder(Tally)


def encode(state: Standing | Tally) -> bytes:
    """The state as it lies in the changelog."""
    return _PACK.encode(state)


def standing(data: bytes) -> Standing:
    """The standing that ``encode`` wrote."""
    return _STANDING.decode(data)


def tally(data: bytes) -> Tally:
    """The tally that ``encode`` wrote."""
    return _TALLY.decode(data)


def moved(known: Standing | None, signal: Signal) -> Standing | None:
    """The group after one of its signals; an older one than the last is no news."""
    if not signal.kind.startswith("group_") or (known is not None and signal.received_at < known.at):
        return known
    is_open = _opens(signal) or (signal.kind != "group_resolved" and _was_open(known))
    return Standing(
        signal.received_at,
        is_open,
        is_open and (signal.kind == "group_regressed" or (known is not None and known.regressed)),
        signal.of or (known.of if known else "error"),
        signal.severity or (known.severity if known else "error"),
        max(signal.users or 0, known.users if known else 0),
    )


def counted(numbers: Tally, signal: Signal, before: Standing | None, after: Standing | None) -> Tally:
    """The project's numbers after a signal that moved one of its groups, or none."""
    latest = max(numbers.at, signal.received_at)
    return msgspec.structs.replace(
        numbers,
        writes=numbers.writes + 1,
        at=latest,
        groups=_classed(numbers.groups, before, after),
        users=max(0, numbers.users - _touched(before) + _touched(after)),
        spikes=_by_hour(numbers.spikes, signal, latest, {"group_spiking"}),
        arrivals=_by_hour(numbers.arrivals, signal, latest, {"group_new", "group_regressed"}),
        deploys=_by_day(numbers.deploys, signal, latest // DAY - DEPLOY_DAYS, "deploy"),
        runs=_by_day(numbers.runs, signal, latest // DAY - CI_DAYS, "ci"),
        failing=_reported(numbers.failing, signal),
    )


def fades_at(numbers: Tally) -> int | None:
    """When a burst or a new group will have been a day ago, in ms; ``None`` = there was none."""
    hours = [*numbers.spikes, *numbers.arrivals]
    return (min(hours) + SPIKE_HOURS + 1) * HOUR if hours else None


def _opens(signal: Signal) -> bool:
    """Whether the group is open after it: a resolve may be taken back."""
    return signal.kind in {"group_new", "group_regressed"} or (signal.kind, signal.status) == ("group_resolved", "open")


def _was_open(known: Standing | None) -> bool:
    return known is None or known.open


def _class(group: Standing) -> str:
    """Alerts and CI failures apart, else by severity; those that came back apart."""
    what = group.severity if group.of == "error" else group.of
    return f"{what}:regressed" if group.regressed else what


def _touched(group: Standing | None) -> int:
    return group.users if group is not None and group.open else 0


def _classed(groups: Mapping[str, int], before: Standing | None, after: Standing | None) -> dict[str, int]:
    found = dict(groups)
    for group, step in ((before, -1), (after, 1)):
        if group is not None and group.open:
            name = _class(group)
            found[name] = found.get(name, 0) + step
    return {name: count for name, count in found.items() if count > 0}


def _by_hour(hours: Mapping[int, int], signal: Signal, latest: int, kinds: set[str]) -> dict[int, int]:
    found = dict(hours)
    if signal.kind in kinds:
        hour = signal.received_at // HOUR
        found[hour] = found.get(hour, 0) + 1
    oldest = latest // HOUR - SPIKE_HOURS
    return {hour: count for hour, count in found.items() if hour > oldest}


def _by_day(days: Mapping[int, Outcomes], signal: Signal, oldest: int, kind: str) -> dict[int, Outcomes]:
    found = dict(days)
    ended = outcome(signal.status) if signal.kind == kind else None
    if ended is not None:
        day = signal.received_at // DAY
        well, badly = found.get(day, (0, 0))
        found[day] = (well + 1, badly) if ended == "succeeded" else (well, badly + 1)
    return {day: count for day, count in found.items() if day > oldest}


def _reported(failing: Mapping[str, tuple[int, int]], signal: Signal) -> dict[str, tuple[int, int]]:
    """The last word of each suite; those that were silent longest go first."""
    found = dict(failing)
    if signal.kind != "ci" or signal.count is None:
        return found
    suite = "/".join(filter(None, (signal.repository, signal.branch, signal.service, signal.source)))
    if signal.received_at >= found.get(suite, (0, 0))[0]:
        found[suite] = (signal.received_at, max(0, signal.count))
    if len(found) > REPORTS:
        del found[min(found, key=lambda each: found[each][0])]
    return found
