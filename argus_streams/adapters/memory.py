"""The ports in memory: the same promises as Postgres and Prometheus, for tests of what stands on them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from argus_streams.core.audit.groups import Stored
from argus_streams.core.events import Origin
from argus_streams.core.intake import SLUG
from argus_streams.core.messages import DeadLetter, Group, KeptEvent, Stage
from argus_streams.ports import DAY_MS, Batch, GroupQuery, Refused, distinct, event_key, letter_key

R = TypeVar("R", Group, KeptEvent, DeadLetter)
_BIGGEST = 2**63 - 1  # Postgres' bigint


class MemoryStore:
    """``ports.Store``, ``ports.Reader`` and ``ports.Holdings`` that end with the process."""

    def __init__(self, projects: Iterable[str] | None = None) -> None:
        """Know these projects alone; ``None`` = any that has a valid slug."""
        self._projects = None if projects is None else frozenset(projects)
        self._groups: dict[tuple[str, str], Group] = {}
        self._events: dict[tuple[str, int], KeptEvent] = {}
        self._letters: dict[tuple[Origin, Stage], DeadLetter] = {}

    async def write(self, batch: Batch) -> Sequence[Refused]:
        refused: list[Refused] = []
        wanted = distinct(batch)
        for group in _storable(self._of_known(wanted.groups, refused), refused):
            self._raise_to(group)
        for kept in _storable(self._of_known(wanted.events, refused), refused):
            self._events.setdefault(event_key(kept), kept)
        for letter in _storable(wanted.letters, refused):
            self._letters.setdefault(letter_key(letter), letter)
        return refused

    async def groups(self, query: GroupQuery) -> Sequence[Group]:
        found = [group for group in self._groups.values() if _asked(group, query)]
        found.sort(key=lambda group: (-group.last_seen, group.project, group.fingerprint))
        return [_since(group, query.since_hour) for group in found[: query.limit]]

    async def events(self, project: str, fingerprint: str, limit: int) -> Sequence[KeptEvent]:
        found = [kept for kept in self._events.values() if (kept.project, kept.fingerprint) == (project, fingerprint)]
        return sorted(found, key=lambda kept: (-kept.event.received_at, kept.event.event_id))[:limit]

    async def letters(self, project: str | None, limit: int) -> Sequence[DeadLetter]:
        found = [letter for letter in self._letters.values() if project in {None, letter.project}]
        return sorted(found, key=lambda letter: (-letter.at, letter.origin))[:limit]

    async def stored_groups(self, keys: Sequence[tuple[str, str]], since_hour: int) -> Mapping[tuple[str, str], Stored]:
        found = {key: _since(self._groups[key], since_hour) for key in keys if key in self._groups}
        return {key: Stored(g.version, g.count, g.closed, g.duplicates, g.hours) for key, g in found.items()}

    async def lacking_events(self, keys: Sequence[tuple[str, int]]) -> Collection[tuple[str, int]]:
        return {(event_id, at) for event_id, at in keys if (event_id, at // DAY_MS) not in self._events}

    async def lacking_letters(self, keys: Sequence[tuple[Origin, Stage]]) -> Collection[tuple[Origin, Stage]]:
        return {key for key in keys if key not in self._letters}

    def _of_known(self, rows: Sequence[R], refused: list[Refused]) -> Sequence[R]:
        strangers = [row for row in rows if not self._knows(row.project)]
        refused.extend(Refused(row, "unknown project", row.project) for row in strangers)
        return [row for row in rows if self._knows(row.project)]

    def _knows(self, slug: str) -> bool:
        return bool(SLUG.match(slug)) if self._projects is None else slug in self._projects

    def _raise_to(self, group: Group) -> None:
        """Keep the higher version; hours that a snapshot no longer tells stay."""
        key = (group.project, group.fingerprint)
        stored = self._groups.get(key)
        if stored is None:
            self._groups[key] = group
        elif stored.version < group.version:
            self._groups[key] = msgspec.structs.replace(group, hours=stored.hours | group.hours)


def _asked(group: Group, query: GroupQuery) -> bool:
    return (
        query.project in {None, group.project}
        and (not query.statuses or group.status in query.statuses)
        and group.fingerprint.startswith(query.prefix or "")
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
