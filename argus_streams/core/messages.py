"""The shapes on the wire between stages, each told again by a JSON Schema in ``schemas/``."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from argus_streams.core.events import Event, Index, Kind, Offset, Origin, Partition, Severity, Time, TopicId

StatusAction = Literal["resolve", "ignore", "reopen"]
LinkAction = Literal["link", "unlink"]
Action = Literal[StatusAction, LinkAction]
GroupStatus = Literal["open", "resolved", "ignored", "regressed"]
Stage = Literal["normalize", "group", "correlate", "analyze", "heal", "store"]
KeptBecause = Literal["first", "doubling", "regression", "all"]


class Occurrence(Struct, frozen=True, array_like=True):
    """One event of a sighting, reduced to what counting needs."""

    offset: Offset
    index: Index
    received_at: Time  # ms, Kafka's time of the body
    occurred_at: Time  # ms, the sender's, inside bounds
    event_id: str
    source: str
    closes: bool = False  # a resolution: closes, counts not
    release: str | None = None
    environment: str | None = None
    severity: Severity = "error"
    instance: str | None = None  # which target of an alert began or ended
    user: Annotated[int, Meta(ge=0, le=2**32 - 1)] | None = None  # hash of who met it, so that users can be counted


class Sighting(Struct, frozen=True, kw_only=True):
    """One fingerprint seen n times in one chunk of one input partition; at most 256 KiB, else split."""

    project: str
    fingerprint: str  # "v1:" + hash
    parts: tuple[tuple[str, str], ...]  # why: the named parts that were hashed
    algorithm: str  # version + hash of the project's rules and mappings
    topic: TopicId  # of the input
    partition: Partition
    occurrences: tuple[Occurrence, ...]  # in order of (offset, index); the first one is ``event``
    event: Event


COMMAND_BYTES = 8 * 1024  # who decided is written with the group again and again


class Command(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person or a program decides about a group."""

    project: str
    fingerprint: str
    action: Action
    by: str = ""
    reason: str = ""
    at: int | None = (
        None  # ms, when it was first given, of one that is given again; later than its record is not believed
    )
    other: str | None = None  # fingerprint of the group that this one is linked with, or is not the same as


class Version(Struct, frozen=True, array_like=True, order=True):
    """Of a snapshot: readers only go upwards."""

    epoch: int  # offset of the owner's claim on the changelog partition
    writes: int  # of this state


class Group(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of one fingerprint, in absolute numbers: a snapshot that may be read twice."""

    project: str
    fingerprint: str
    parts: tuple[tuple[str, str], ...]
    algorithm: str
    version: Version
    kind: Kind
    severity: Severity  # the worst seen
    status: GroupStatus
    title: str
    type: str | None = None
    culprit: str | None = None
    platform: str | None = None
    service: str | None = None
    count: int
    closed: int = 0  # resolutions taken
    duplicates: int = 0  # redeliveries refused
    first_seen: int  # ms, the sender's time
    last_seen: int
    status_at: int | None = None  # ms, Kafka's time of what set the status
    status_by: str | None = None
    first_release: str | None = None
    last_release: str | None = None
    environments: tuple[str, ...] = ()
    sources: dict[str, int]  # count by source
    hours: dict[int, int]  # hour since 1970 of Kafka's time → count; the last eight days
    users: int = 0  # distinct ones that it touched: exact up to 32, about above
    linked: str | None = None  # fingerprint of the group that this one is said to be the same problem as
    apart: tuple[str, ...] = ()  # fingerprints of groups that this one is said not to be


class KeptEvent(Struct, frozen=True, kw_only=True):
    """One event that Postgres keeps whole."""

    project: str
    fingerprint: str
    reason: KeptBecause
    event: Event


class DeadLetter(Struct, frozen=True, kw_only=True):
    """What people look up about a letter; its body stays in the dead-letter topic."""

    stage: Stage
    reason: str  # short and fixed, counted
    detail: str = ""
    project: str  # as the record says it, perhaps no project of ours
    source: str = ""
    origin: Origin
    size: int  # of the body, in bytes
    at: int  # ms, Kafka's time of the record


class LedgerRun(Struct, frozen=True, array_like=True):
    """What became of some bodies or events of one partition: the same outcome, run-length coded by ``core.ledger``.

    ``at`` is flat. For bodies: (distance from the end of the last run, length) of each run of offsets. For events:
    (distance from the last run's first offset, bodies, first index, events in each) of each run of bodies alike.
    The first distance is from the record's ``start``.
    """

    project: Annotated[str, Meta(max_length=64)]
    outcome: str  # body: normalised | ignored | dead | expired; event: rejected | counted | closed | duplicate | purged
    reason: str
    events: int  # events in each of these bodies; 1 for events
    at: tuple[int, ...]


class LedgerRecord(Struct, frozen=True, kw_only=True):
    """One turn of one stage over one origin partition; at most 256 KiB, else split."""

    stage: Stage
    topic: TopicId  # of the input
    partition: Partition
    start: Offset  # first offset spoken of
    end: Offset  # one past the last
    algorithm: str
    runs: tuple[LedgerRun, ...]
