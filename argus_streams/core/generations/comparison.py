"""Two generations side by side, group by group."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

import msgspec
from msgspec import Struct

from argus_streams.core.messages import GroupStatus

COMPARED = ("count", "closed", "duplicates", "status", "first_seen", "last_seen", "sources", "hours")


class Row(Struct, frozen=True, kw_only=True):
    """What a generation says of one group."""

    project_id: str
    project: str
    fingerprint: str
    title: str
    count: int
    closed: int
    duplicates: int
    status: GroupStatus
    first_seen: int  # ms
    last_seen: int
    sources: dict[str, int]
    hours: dict[int, int]  # hour since 1970 → count
    fresh: bool = False  # written in the last minute: what is on its way may have reached one alone

    @property
    def key(self) -> tuple[str, str]:
        """By which rows come in order."""
        return self.project_id, self.fingerprint


class Difference(Struct, frozen=True):
    """One field that the two do not say alike."""

    field: str
    live: Any
    other: Any


class Verdict(Struct, frozen=True, kw_only=True):
    """What the two say of one group."""

    verdict: Literal["same", "different", "live only", "other only"]
    project: str
    fingerprint: str
    title: str
    live: int  # occurrences
    other: int
    differences: tuple[Difference, ...] = ()
    fresh: bool = False


def verdict(live: Row | None, other: Row | None) -> Verdict:
    """Compare what is told of one group; at least one of the two knows it."""
    known = live or other
    if known is None:
        raise ValueError("a group that neither knows")
    differences = () if live is None or other is None else tuple(_differences(live, other))
    word: Literal["same", "different", "live only", "other only"] = "different" if differences else "same"
    if live is None:
        word = "other only"
    elif other is None:
        word = "live only"
    return Verdict(
        verdict=word,
        project=known.project,
        fingerprint=known.fingerprint,
        title=known.title,
        live=live.count if live else 0,
        other=other.count if other else 0,
        differences=differences,
        fresh=any(row.fresh for row in (live, other) if row),
    )


async def merged(lives: AsyncIterator[Row], others: AsyncIterator[Row]) -> AsyncIterator[Verdict]:
    """A verdict on each group of either, both in the order of their keys; one row of each is held."""
    live, other = await anext(lives, None), await anext(others, None)
    while live is not None or other is not None:
        if other is None or (live is not None and live.key < other.key):
            yield verdict(live, None)
            live = await anext(lives, None)
        elif live is None or other.key < live.key:
            yield verdict(None, other)
            other = await anext(others, None)
        else:
            yield verdict(live, other)
            live, other = await anext(lives, None), await anext(others, None)


def _differences(live: Row, other: Row) -> Iterator[Difference]:
    ours, theirs = msgspec.structs.asdict(live), msgspec.structs.asdict(other)
    for field in COMPARED:
        if ours[field] != theirs[field]:
            yield _narrowed(Difference(field, ours[field], theirs[field]))


def _narrowed(found: Difference) -> Difference:
    """Of counts by source or hour those alone that differ."""
    if not isinstance(found.live, dict):
        return found
    keys = [key for key in found.live.keys() | found.other.keys() if found.live.get(key) != found.other.get(key)]
    return Difference(
        found.field,
        {key: found.live.get(key, 0) for key in sorted(keys)},
        {key: found.other.get(key, 0) for key in sorted(keys)},
    )
