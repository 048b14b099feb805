"""Groups as their snapshots tell them, held against what was counted and against their rows in Postgres."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from argus_streams.core.audit.cut import HOUR, Extent
from argus_streams.core.audit.sightings import Tallies, weight
from argus_streams.core.audit.verdict import Stage
from argus_streams.core.events import LAST_TIME
from argus_streams.core.grouping.state import WINDOW
from argus_streams.core.messages import Version
from argus_streams.core.purged import Gone

Key = tuple[str, str]  # project and fingerprint
Hour = Annotated[int, Meta(ge=0, le=LAST_TIME // HOUR)]  # since 1970
_HOURS = msgspec.json.Decoder(dict[Hour, int])


class Told(Struct, frozen=True):
    """As much of a snapshot as an audit needs."""

    project: str
    fingerprint: str
    version: Version
    count: int
    hours: msgspec.Raw
    closed: int = 0
    duplicates: int = 0


class Snapshot(Struct, frozen=True):
    """A version of a group, and where in ``groups`` it stands."""

    version: Version
    count: int
    closed: int
    duplicates: int
    hours: bytes  # as JSON: most are never looked at
    partition: int
    offset: int

    def by_hour(self) -> Mapping[int, int]:
        """Count by hour since 1970; nothing of what only looks like a snapshot."""
        try:
            return _HOURS.decode(self.hours)
        except (msgspec.MsgspecError, RecursionError):
            return {}


class Stored(Struct, frozen=True):
    """A group's row in Postgres, with its counts by hour."""

    version: Version
    count: int
    closed: int
    duplicates: int
    hours: dict[int, int]


class Difference(Struct, frozen=True):
    """How a row is not as its snapshot tells."""

    stage: Stage
    what: Literal["missing", "double"]
    detail: str
    count: int = 1


class Snapshots:
    """The latest version of each group of some partitions, and the latest that STORE has committed."""

    def __init__(self) -> None:
        self.latest: dict[Key, Snapshot] = {}
        self._due: dict[Key, Snapshot] = {}
        self.purged: dict[str, int] = {}  # project → ms, Kafka's time up to which a purge has taken all

    def enter(self, told: Told, at: tuple[int, int], extent: Extent) -> None:
        """Add one snapshot; the higher version wins, wherever it stands."""
        key = (told.project, told.fingerprint)
        snapshot = Snapshot(told.version, told.count, told.closed, told.duplicates, bytes(told.hours), *at)
        for into in (self.latest, self._due) if at[1] < extent.done else (self.latest,):
            known = into.get(key)
            if known is None or known.version < snapshot.version:
                into[key] = snapshot

    def take_back(self, gone: Gone) -> None:
        """Note a purge; the snapshots of before stay, for Postgres may hold them still."""
        self.purged[gone.project] = max(gone.mark.until, self.purged.get(gone.project, 0))

    def due(self) -> Mapping[Key, Snapshot]:
        """What Postgres has to hold, or something later."""
        return self._due

    def in_flight(self) -> Iterator[str]:
        """The project of each group with a version that STORE has not committed."""
        for (project, fingerprint), snapshot in self.latest.items():
            due = self._due.get((project, fingerprint))
            if due is None or due.version < snapshot.version:
                yield project

    def sum_up(self, into: Tallies, newest: dict[str, int]) -> None:
        """Add each group's counts by hour, and note the newest hour of each project."""
        for (project, fingerprint), snapshot in self.latest.items():
            own = weight(project, fingerprint)
            for hour, number in snapshot.by_hour().items():
                into.add((project, hour), number, own)
                newest[project] = max(hour, newest.get(project, hour))


def forgotten(newest: Mapping[str, int], project: str, hour: int) -> bool:
    """Whether a group of the project may have dropped this hour: states keep eight days."""
    return hour <= newest.get(project, hour) - WINDOW


def compare(snapshot: Snapshot, stored: Stored | None, stored_since: int) -> Iterable[Difference]:
    """How Postgres differs from a snapshot that it has to hold; of a later version only the hours can be told."""
    if stored is None:
        return [Difference("group row", "missing", "Postgres has no row of this group")]
    if stored.version < snapshot.version:
        versions = f"version {_shown(stored.version)}, the topic tells {_shown(snapshot.version)}"
        return [Difference("group row", "missing", f"Postgres' row is of {versions}")]
    found = list(_numbers(snapshot, stored)) if stored.version == snapshot.version else []
    return [*found, *_hours(snapshot, stored, stored_since)]


def _numbers(snapshot: Snapshot, stored: Stored) -> Iterator[Difference]:
    for name in ("count", "closed", "duplicates"):
        told, found = getattr(snapshot, name), getattr(stored, name)
        if told != found:
            detail = f"Postgres' {name} is {found:,}, the same version in the topic says {told:,}"
            yield Difference("group row", "missing" if found < told else "double", detail, abs(told - found))


def _hours(snapshot: Snapshot, stored: Stored, stored_since: int) -> Iterator[Difference]:
    later = stored.version > snapshot.version
    for hour, told in snapshot.by_hour().items():
        found = stored.hours.get(hour, 0)
        if hour * HOUR < stored_since or found == told or (later and found > told):
            continue
        detail = f"Postgres counts {found:,} in the hour {hour} since 1970, the topic says {told:,}"
        yield Difference("hour row", "missing" if found < told else "double", detail, abs(told - found))


def _shown(version: Version) -> str:
    return f"{version.epoch}.{version.writes}"
