"""What is kept of one group between its sightings: a few hundred bytes, from which every snapshot is told."""

from collections.abc import Mapping
from typing import Protocol

import msgspec
from msgspec import Struct

from argus_streams.core.events import Kind, Origin, Severity
from argus_streams.core.grouping.links import Word, apart, linked
from argus_streams.core.grouping.users import number_of_users
from argus_streams.core.messages import Group, GroupStatus, StatusAction, Version

HOUR = 3_600_000  # ms
WINDOW = 8 * 24  # hours: the inputs' retention and a day
RECENT = 64  # event ids
ENVIRONMENTS = 20
INSTANCES = 64  # targets of an alert that are followed

_WORST_FIRST: dict[str, int] = {"fatal": 0, "error": 1, "warning": 2, "info": 3, "debug": 4}


class Decided(Struct, frozen=True, array_like=True, order=True):
    """The last word on a group's status, by Kafka's time and then by origin, whatever arrived first."""

    time: int  # ms, Kafka's
    origin: Origin
    action: StatusAction
    by: str


class About(Struct, frozen=True, array_like=True):
    """What a group is, in the words of the earliest event that was told whole."""

    received_at: int
    origin: Origin
    parts: tuple[tuple[str, str], ...]
    kind: Kind
    title: str
    type: str | None = None
    culprit: str | None = None
    platform: str | None = None
    service: str | None = None


class GroupState(Struct, frozen=True, array_like=True):
    """All that counting needs to know of one fingerprint; new fields go to the end, with a default.

    A mark is the last (offset, index) of an input partition that was looked at: at or below it, all is counted.
    """

    about: About | None = None
    algorithm: str = ""
    writes: int = 0
    count: int = 0
    closed: int = 0
    duplicates: int = 0
    first_seen: int = 0  # ms, the sender's time
    last_seen: int = 0
    last_received: int = 0  # ms, Kafka's time of the latest counted occurrence
    severity: Severity = "debug"  # the worst seen
    decided: Decided | None = None  # the last command of a person or program
    next_kept: int = 1  # the count that makes the next whole event an exemplar
    sources: dict[str, int] = {}
    hours: dict[int, int] = {}  # hour since 1970 of Kafka's time → count
    first_release: tuple[int, str] | None = None  # Kafka's time and name
    last_release: tuple[int, str] | None = None
    environments: tuple[str, ...] = ()  # the first twenty by name
    marks: dict[str, dict[int, tuple[int, int]]] = {}  # topic id → partition → (offset, index)
    recent: tuple[int, ...] = ()  # of event ids, as 64-bit hashes, the newest last
    ended: Decided | None = None  # the last end that a vendor told
    first_received: int = 0  # ms, Kafka's time of the earliest counted occurrence
    instances: dict[
        int, tuple[int, bool]
    ] = {}  # hash of an alert's target → Kafka's time of its last word, is it an end
    buckets: dict[int, int] = {}  # five minutes since 1970 of Kafka's time → count; the last hour
    spiked: int | None = None  # the bucket of the last burst that was told
    users: tuple[int, ...] = ()  # a sketch of those that it touched
    words: dict[str, Word] = {}  # on whether another group is the same problem, by its fingerprint


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(GroupState)


def encode(state: GroupState) -> bytes:
    """The state as it lies in the changelog and the local store."""
    return _ENCODER.encode(state)


def decode(data: bytes) -> GroupState:
    """The state that ``encode`` wrote."""
    return _DECODER.decode(data)


def is_group(key: bytes) -> bool:
    """Whether a key of the table is a group's, ``project:fingerprint``; all others are states of whole projects.

    GROUP's of a project lies under ``project:``, CORRELATE's under ``project``, ``project/…`` and ``:agenda``; under
    ``:ids…`` those of lately of all groups of the partition.
    """
    project, _, fingerprint = key.partition(b":")
    return bool(project and fingerprint) and b"/" not in project


def last_told(state: GroupState) -> int:
    """Kafka's time (ms) of the latest occurrence or word that was taken."""
    words = (state.decided, state.ended, *state.words.values())
    return max([state.last_received, *(each.time for each in words if each is not None)])


def status(state: GroupState) -> GroupStatus:
    """The effective status, from the last decision and Kafka's time of the latest occurrence alone."""
    decided = ruling(state.decided, standing(state))
    if decided is None or decided.action == "reopen":
        return "open"
    if decided.action == "ignore":
        return "ignored"
    return "regressed" if breaks(decided, state.last_received) else "resolved"


class Course(Protocol):
    """What tells whether a vendor's end is one."""

    @property
    def ended(self) -> Decided | None: ...

    @property
    def first_received(self) -> int: ...

    @property
    def instances(self) -> Mapping[int, tuple[int, bool]]: ...


def standing(course: Course) -> Decided | None:
    """A vendor's end, if anything had begun before it, and no other target of the alert was still firing then."""
    ended = course.ended
    if ended is None or not 0 < course.first_received <= ended.time:
        return None
    others = any(not is_end and at <= ended.time for at, is_end in course.instances.values())
    return None if others else ended


def ruling(decided: Decided | None, ended: Decided | None) -> Decided | None:
    """The word that holds: the later one, but a person's ignore stands until a person takes it back."""
    if decided is None or ended is None:
        return decided or ended
    return decided if decided.action == "ignore" or decided > ended else ended


def breaks(decided: Decided | None, last_received: int) -> bool:
    """Whether an occurrence regresses the group: only one that Kafka took after the resolve does."""
    return decided is not None and decided.action == "resolve" and last_received > decided.time


def worse(one: Severity, other: Severity) -> Severity:
    """The worse of two."""
    return one if _WORST_FIRST[one] <= _WORST_FIRST[other] else other


def snapshot(state: GroupState, *, project: str, fingerprint: str, epoch: int) -> Group:
    """The group in absolute numbers, for a state that has counted something."""
    about = state.about or About(0, Origin("", 0, 0), (), "error", fingerprint)
    decided = ruling(state.decided, standing(state))
    status_at, status_by = (decided.time, decided.by) if decided else (None, None)
    effective = status(state)
    if effective == "regressed":
        status_at, status_by = state.last_received, None
    return Group(
        project=project,
        fingerprint=fingerprint,
        parts=about.parts,
        algorithm=state.algorithm,
        version=Version(epoch, state.writes),
        kind=about.kind,
        severity=state.severity,
        status=effective,
        title=about.title,
        type=about.type,
        culprit=about.culprit,
        platform=about.platform,
        service=about.service,
        count=state.count,
        closed=state.closed,
        duplicates=state.duplicates,
        first_seen=state.first_seen,
        last_seen=state.last_seen,
        status_at=status_at,
        status_by=status_by,
        first_release=state.first_release and state.first_release[1],
        last_release=state.last_release and state.last_release[1],
        environments=state.environments,
        sources=state.sources,
        hours=state.hours,
        users=number_of_users(state.users),
        linked=linked(state.words),
        apart=apart(state.words),
    )
