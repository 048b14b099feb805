"""What a region took and what was mirrored of it, held against each other: one partition, record by record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Literal, NamedTuple

from msgspec import Struct

from argus_streams.core.records import Raw

NEAR = 16  # offsets apart, that are told as one run: between them lie ends of transactions, and records that are fine

What = Literal["missing", "double", "not in the source", "partitions"]


class Run(NamedTuple):
    """Records beside each other."""

    first: int
    last: int
    number: int


class Gap(Struct, frozen=True):
    """Records of one partition that are not on both sides as they should be."""

    what: What
    topic: str  # the region's, or the mirrored one where something is there too often
    partition: int
    first: int  # offsets; between first and last may lie some that are as they should be
    last: int
    count: int
    detail: str


class Mirrored(Struct, frozen=True):
    """One topic of another region, and what is here of it."""

    topic: str
    records: int = 0  # in the region, within the span
    mirrored: int = 0
    missing: int = 0  # though later ones of their partition are here
    double: int = 0
    strange: int = 0  # here, and not in the region
    behind: int = 0  # after the last one that is here
    moving: bool = False  # more came while we looked
    until: int | None = None  # ms, the latest that is here


class RegionVerdict(Struct, frozen=True):
    """What an audit tells of one other region."""

    region: str
    topics: tuple[Mirrored, ...] = ()
    gaps: tuple[Gap, ...] = ()
    away: str = ""  # why it could not be asked

    @property
    def clean(self) -> bool:
        """Whether all that it took is here once, or on its way."""
        standing = any(each.behind and not each.moving for each in self.topics)
        return not (self.gaps or self.away or standing)


class Comparison:
    """One partition; fed with both logs side by side in order of time it holds no more than where they differ."""

    def __init__(self) -> None:
        self._lacking: dict[bytes, list[int]] = {}
        self._surplus: dict[bytes, list[int]] = {}
        self._known: set[bytes] = set()
        self._reached = -1  # the last place of the source that is mirrored
        self.records = self.matched = 0
        self.until: int | None = None

    def source(self, raw: Raw) -> None:
        """The region's next record."""
        self.records += 1
        mark, offset = digest(raw), raw.at.offset
        if _taken(self._surplus, mark) is None:
            self._lacking.setdefault(mark, []).append(offset)
        else:
            self._match(offset)

    def mirror(self, raw: Raw) -> None:
        """The next record here."""
        self.until = max(self.until or 0, raw.time)
        mark, offset = digest(raw), raw.at.offset
        found = _taken(self._lacking, mark)
        if found is None:
            self._surplus.setdefault(mark, []).append(offset)
        else:
            self._match(found)

    @property
    def differs(self) -> bool:
        """Whether something is here that the source does not have so often: then the source is to be read again."""
        return bool(self._surplus)

    def again(self, raw: Raw) -> None:
        """The source's record, on a second reading: what it has is there twice, not out of nowhere."""
        mark = digest(raw)
        if mark in self._surplus:
            self._known.add(mark)

    def missing(self) -> Iterator[Run]:
        """Passed over, for later ones are here."""
        return _runs(offset for offset in self._offsets(self._lacking) if offset < self._reached)

    def behind(self) -> Iterator[Run]:
        """Not here yet."""
        return _runs(offset for offset in self._offsets(self._lacking) if offset > self._reached)

    def double(self) -> Iterator[Run]:
        """Here more often than in the source; offsets of the mirrored topic."""
        return _runs(sorted(offset for mark, found in self._surplus.items() if mark in self._known for offset in found))

    def strange(self) -> Iterator[Run]:
        """Here, and not in the source."""
        rest = (found for mark, found in self._surplus.items() if mark not in self._known)
        return _runs(sorted(offset for found in rest for offset in found))

    def _match(self, offset: int) -> None:
        self.matched += 1
        self._reached = max(self._reached, offset)

    @staticmethod
    def _offsets(held: Mapping[bytes, Sequence[int]]) -> list[int]:
        return sorted(offset for found in held.values() for offset in found)


def digest(raw: Raw) -> bytes:
    """128 bits that are the same in source and mirror, and nowhere else: of time, key, headers and value."""
    found = blake2b(raw.time.to_bytes(8, "big"), digest_size=16)
    parts = [raw.key, raw.value, *(part for name, value in raw.headers for part in (name.encode(), value))]
    for part in parts:
        found.update(b"-" if part is None else b"%d:" % len(part))
        found.update(part or b"")
    return found.digest()


def _taken(held: dict[bytes, list[int]], mark: bytes) -> int | None:
    """The oldest place that is held under a mark, held no more."""
    found = held.get(mark)
    if found is None:
        return None
    offset = found.pop(0)
    if not found:
        del held[mark]
    return offset


def _runs(offsets: Iterable[int]) -> Iterator[Run]:
    first = last = count = -1
    for offset in offsets:
        if count > 0 and offset - last <= NEAR:
            last, count = offset, count + 1
            continue
        if count > 0:
            yield Run(first, last, count)
        first = last = offset
        count = 1
    if count > 0:
        yield Run(first, last, count)
