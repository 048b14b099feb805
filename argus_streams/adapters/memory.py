"""The ports in memory: the same promises as Postgres and Prometheus, for tests of what stands on them."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from argus_streams.core import purged
from argus_streams.core.audit.groups import Stored
from argus_streams.core.events import Origin
from argus_streams.core.intake import SLUG
from argus_streams.core.messages import DeadLetter, Group, KeptEvent, Stage
from argus_streams.core.purged import Gone, Marks
from argus_streams.core.repairs import HealingDecision
from argus_streams.core.rows import DAY_MS, Row, distinct, is_newer, row_key
from argus_streams.ports import GroupQuery, Refused

R = TypeVar("R", bound=Row)
_BIGGEST = 2**63 - 1  # Postgres' bigint


class MemoryStore:
    """``ports.Store``, ``ports.Reader`` and ``ports.Holdings`` that end with the process."""

    def __init__(self, projects: Iterable[str] | None = None) -> None:
        """Know these projects alone; ``None`` = any that has a valid slug."""
        self._projects = None if projects is None else frozenset(projects)
        self.rows: dict[Hashable, Row] = {}  # by ``row_key``
        self._marks: Marks = {}

    def all(self, kind: type[R]) -> list[R]:
        """The rows of one kind, in the order in which they came."""
        return [row for row in self.rows.values() if isinstance(row, kind)]

    async def write(self, rows: Sequence[Row]) -> Sequence[Refused]:
        wanted = distinct(rows)
        refused = [Refused(row, "unknown project", row.project) for row in wanted if not self._admits(row)]
        for row in _storable([row for row in wanted if self._admits(row)], refused):
            self._put(row)
        return refused

    async def purge(self, gone: Sequence[Gone]) -> None:
        self._marks = purged.united(self._marks, gone)
        for each in gone:
            for key, row in list(self.rows.items()):
                if _takes(each, row):
                    del self.rows[key]

    async def purged(self, projects: Collection[str]) -> Marks:
        return {place: mark for place, mark in self._marks.items() if place.project in projects}

    async def groups(self, query: GroupQuery) -> Sequence[Group]:
        found = [group for group in self.all(Group) if _asked(group, query)]
        found.sort(key=lambda group: (-group.last_seen, group.project, group.fingerprint))
        return [_since(group, query.since_hour) for group in found[: query.limit]]

    async def linked(self, keys: Collection[tuple[str, str]]) -> Collection[tuple[str, str]]:
        found, size = set(keys), 0
        while size < len(found):
            size = len(found)
            for project, fingerprint, other in self._links():
                if found & {(project, fingerprint), (project, other)}:
                    found |= {(project, fingerprint), (project, other)}
        return found

    async def events(self, project: str, fingerprint: str, limit: int) -> Sequence[KeptEvent]:
        found = [kept for kept in self.all(KeptEvent) if (kept.project, kept.fingerprint) == (project, fingerprint)]
        return sorted(found, key=lambda kept: (-kept.event.received_at, kept.event.event_id))[:limit]

    async def letters(self, project: str | None, limit: int) -> Sequence[DeadLetter]:
        found = [letter for letter in self.all(DeadLetter) if project in {None, letter.project}]
        return sorted(found, key=lambda letter: (-letter.at, letter.origin))[:limit]

    async def stored_groups(self, keys: Sequence[tuple[str, str]], since_hour: int) -> Mapping[tuple[str, str], Stored]:
        groups = {(group.project, group.fingerprint): _since(group, since_hour) for group in self.all(Group)}
        found = {key: groups[key] for key in keys if key in groups}
        return {key: Stored(g.version, g.count, g.closed, g.duplicates, g.hours) for key, g in found.items()}

    async def lacking_events(self, keys: Sequence[tuple[str, int]]) -> Collection[tuple[str, int]]:
        return {(event_id, at) for event_id, at in keys if (event_id, at // DAY_MS) not in self.rows}

    async def lacking_letters(self, keys: Sequence[tuple[Origin, Stage]]) -> Collection[tuple[Origin, Stage]]:
        return {key for key in keys if key not in self.rows}

    def _links(self) -> Iterator[tuple[str, str, str]]:
        for group in self.all(Group):
            if group.linked:
                yield group.project, group.fingerprint, group.linked

    def _admits(self, row: Row) -> bool:
        """Whether its project is known; a letter may be of none."""
        if isinstance(row, DeadLetter):
            return True
        return bool(SLUG.match(row.project)) if self._projects is None else row.project in self._projects

    def _put(self, row: Row) -> None:
        """Keep the higher version; hours that a group's snapshot no longer tells stay."""
        key = row_key(row)
        known = self.rows.setdefault(key, row)
        if known is row or not is_newer(row, known):
            return
        if isinstance(row, Group) and isinstance(known, Group):
            row = msgspec.structs.replace(row, hours=known.hours | row.hours)
        self.rows[key] = row


def _takes(gone: Gone, row: Row) -> bool:
    """Whether a row is taken back: of groups each by itself, for a project's lie in several partitions."""
    if isinstance(row, KeptEvent | DeadLetter | HealingDecision):
        return False
    named = row.fingerprint == gone.name if isinstance(row, Group) else True
    return named and purged.is_taken(row, gone.partition, {purged.place_of(gone): gone.mark})


def _asked(group: Group, query: GroupQuery) -> bool:
    return (
        query.project in {None, group.project}
        and (not query.statuses or group.status in query.statuses)
        and group.fingerprint.startswith(query.prefix or "")
        and (not query.fingerprints or group.fingerprint in query.fingerprints)
    )


def _since(group: Group, hour: int) -> Group:
    return msgspec.structs.replace(group, hours={at: count for at, count in group.hours.items() if at >= hour})


def _storable(rows: Sequence[R], refused: list[Refused]) -> Sequence[R]:
    """The rows whose values Postgres could hold."""
    storable = []
    for row in rows:
        try:
            plain = msgspec.to_builtins(row)
            msgspec.convert(plain, type(row), strict=False)
            _check(plain)
            msgspec.json.encode(row)
        except (UnicodeEncodeError, ValueError) as error:
            refused.append(Refused(row, "unstorable value", str(error)))
        else:
            storable.append(row)
    return storable


def _check(value: object) -> None:
    """Raise ``ValueError`` for what no column holds: a NUL in a text, a number beyond 64 bits."""
    match value:
        case str() if "\0" in value:
            raise ValueError("a text with NUL")
        case int() if not -_BIGGEST <= value <= _BIGGEST:
            raise ValueError("a number beyond 64 bits")
        case dict():
            for part in (*value.keys(), *value.values()):
                _check(part)
        case list() | tuple():
            for part in value:
                _check(part)
        case _:
            pass


class MemoryFields:
    """``ports.FieldCounter`` as plain numbers."""

    def __init__(self) -> None:
        self.bodies: Counter[str] = Counter()
        self.fields: Counter[tuple[str, str]] = Counter()

    def looked_at(self, source: str) -> None:
        self.bodies[source] += 1

    def unknown(self, source: str, path: str) -> None:
        self.fields[source, path] += 1
