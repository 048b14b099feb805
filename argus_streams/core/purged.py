"""What a purge takes: all of a project that was there before it.

Somebody who purges writes a record without a value, with the header ``argus-purge``, to the commands of each agent that
keeps something of the project. The agent forgets it and says so, on the topic of its snapshots, by records without a
value: one under the key of each snapshot, and one under the project's own. Each holds the mark.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from argus_streams.core.findings import Analysis, Incident, Score
from argus_streams.core.intake import SLUG
from argus_streams.core.messages import DeadLetter, Group, KeptEvent, Version
from argus_streams.core.repairs import HealingDecision, Pattern
from argus_streams.core.rows import Row
from argus_streams.errors import Malformed

ASKED = "argus-purge"  # header of a command; its value is the project's slug
DONE = "argus-purged"  # header of a record that takes a snapshot's place; its value is the mark

Kind = Literal["groups", "incidents", "analyses", "scores", "patterns"]
Headers = Sequence[tuple[str, bytes]]


class Mark(Struct, frozen=True, array_like=True):
    """How far a purge reaches in the state of one owner."""

    asked: int  # ms, Kafka's time of the command
    until: int  # ms, no earlier: Kafka's time up to which what was recorded is gone
    epoch: int
    writes: int  # (epoch, writes) is the version up to which snapshots are gone

    @property
    def version(self) -> Version:
        """The last one that is gone."""
        return Version(self.epoch, self.writes)


class Gone(NamedTuple):
    """A snapshot that was taken back, or word that all of a project up to the mark was."""

    kind: Kind
    project: str
    name: str  # a fingerprint, an incident …; empty = the word about the project
    partition: int  # of the owner's state where a project lies in several: of groups; else 0
    mark: Mark


class Place(NamedTuple):
    """Whose mark it is."""

    kind: Kind
    project: str
    partition: int


Marks = Mapping[Place, Mark]

PURGES = b":purged/"  # begins the keys of a table under which an owner keeps its marks: no project's begins so

_PACK = msgspec.msgpack.Encoder()
_UNPACK = msgspec.msgpack.Decoder(Mark)
_JSON = msgspec.json.Encoder()
_MARK = msgspec.json.Decoder(Mark)


def order(project: str) -> Headers:
    """The headers of a command."""
    return ((ASKED, project.encode()),)


def ordered(value: bytes | None, headers: Headers) -> str | None:
    """The project that a command purges; ``None`` = it is another command. Raises ``Malformed``."""
    told = dict(headers).get(ASKED) if value is None else None
    if told is None:
        return None
    slug = told.decode("utf-8", "replace")
    if not SLUG.match(slug):
        raise Malformed("bad project", f"{slug!r:.80} is not 1 to 64 of a-z, 0-9 and -")
    return slug


def purge_key(agent: str, project: str) -> bytes:
    """Where an agent's table keeps the mark of a project."""
    return PURGES + f"{agent}/{project}".encode()


def encode_mark(mark: Mark) -> bytes:
    """The mark as it lies in the changelog."""
    return _PACK.encode(mark)


def decode_mark(stored: bytes) -> Mark:
    """The mark that ``encode_mark`` wrote."""
    return _UNPACK.decode(stored)


def of_another(stored: bytes) -> bytes:
    """The mark as another generation takes it over: what is gone there is below every version of its owners."""
    return encode_mark(msgspec.structs.replace(decode_mark(stored), epoch=0))


def headers_of(mark: Mark) -> Headers:
    """The headers of a record that takes a snapshot's place."""
    return ((DONE, _JSON.encode(mark)),)


def gone(kind: Kind, key: bytes, headers: Headers, partition: int) -> Gone:
    """What a record without a value takes back. Raises as decoding does for one that is not ours."""
    project, _, name = key.decode().partition(":")
    return Gone(kind, project, name, partition if kind == "groups" else 0, _MARK.decode(dict(headers)[DONE]))


def place_of(each: Gone) -> Place:
    """Whose mark it carries."""
    return Place(each.kind, each.project, each.partition)


def united(known: Marks, told: Iterable[Gone]) -> dict[Place, Mark]:
    """The marks with what is told; the later purge holds."""
    found = dict(known)
    for each in told:
        place = place_of(each)
        if place not in found or found[place].version <= each.mark.version:
            found[place] = each.mark
    return found


def is_taken(row: Row, partition: int, marks: Marks) -> bool:
    """Whether a row, which a record of this partition told, is of before a purge."""
    match row:
        case Group():
            return _is_of(row.version, marks.get(Place("groups", row.project, partition)))
        case KeptEvent():
            mark = marks.get(Place("groups", row.project, partition))
            return mark is not None and row.event.received_at <= mark.until
        case HealingDecision():
            mark = marks.get(Place("patterns", row.project, 0))
            return mark is not None and row.at <= mark.until
        case DeadLetter():
            return row.at <= latest(marks, row.project)
        case _:
            return _is_of(row.version, marks.get(Place(_KINDS[type(row)], row.project, 0)))


def latest(marks: Marks, project: str) -> int:
    """When the project was purged last, ms; -1 = never."""
    return max((mark.asked for place, mark in marks.items() if place.project == project), default=-1)


_KINDS: Mapping[type[Incident | Analysis | Score | Pattern], Kind] = {
    Incident: "incidents", Analysis: "analyses", Score: "scores", Pattern: "patterns"
}  # fmt: skip


def _is_of(version: Version, mark: Mark | None) -> bool:
    return mark is not None and version <= mark.version
