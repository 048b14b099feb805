"""What lies in the dead-letter topics: each letter with its place, what it stands for, and who may ask for it."""

from collections.abc import Mapping
from itertools import groupby
from typing import Literal

import msgspec
from msgspec import Struct

from argus_streams.core import letters, replay
from argus_streams.core.findings import Analysis, Incident, Score
from argus_streams.core.letters import CLIPPED_BYTES, WHOLE, Letter
from argus_streams.core.messages import COMMAND_BYTES, Command, Group, KeptEvent, Sighting, Stage
from argus_streams.core.records import Raw, Spot
from argus_streams.core.replay import Place, Replay
from argus_streams.core.rows import Row
from argus_streams.errors import Malformed

# What died, told by its topic.
Kind = Literal["body", "sighting", "command", "group", "kept", "incident", "analysis", "score", "other"]

ROWS: Mapping[Kind, type[Row]] = {
    "group": Group,
    "kept": KeptEvent,
    "incident": Incident,
    "analysis": Analysis,
    "score": Score,
}
_SHAPES: Mapping[Kind, type[Struct]] = {"sighting": Sighting, "command": Command, **ROWS}
_NAMES: Mapping[Kind, str] = {
    "sighting": "sighting",
    "command": "command",
    "group": "snapshot of a group",
    "kept": "kept event",
    "incident": "snapshot of an incident",
    "analysis": "analysis",
    "score": "score",
}
_KEYED = (Sighting, Command)


class Dead(Struct, frozen=True):
    """Items of one body that were not processed."""

    place: Place
    indices: tuple[int, ...]  # WHOLE = all of them


class Found(Struct, frozen=True, kw_only=True):
    """A letter, and what has to be done again for it."""

    letter: Letter
    kind: Kind
    at: Spot
    time: int  # ms, Kafka's time of the letter
    size: int  # bytes of what died
    project: str
    dead: tuple[Dead, ...] = ()  # of a body or sighting: what NORMALIZE has to read again; of a command: itself
    clipped: bool = False  # perhaps it has only the beginning of the body
    of: Replay | None = None  # it was a replay itself
    broken: str = ""  # why doing it again would change nothing


class Wanted(Struct, frozen=True, kw_only=True):
    """Which letters somebody asks for; what is not said is of no matter."""

    topic: str | None = None  # the input's name, with or without the deployment's prefix, or its id
    source: str | None = None
    reason: str | None = None
    project: str | None = None
    stage: Stage | None = None
    since: int | None = None  # ms, of the letter
    until: int | None = None  # ms, not included

    def wants(self, found: Found, topic: str, prefix: str) -> bool:
        """Whether the letter, whose record came from ``topic``, is one of them."""
        letter = found.letter
        return (
            self.topic in {None, topic, topic.removeprefix(prefix), letter.origins[0].topic}
            and self.source in {None, letter.source}
            and self.reason in {None, letter.reason}
            and self.project in {None, found.project}
            and self.stage in {None, letter.stage}
            and (self.since is None or found.time >= self.since)
            and (self.until is None or found.time < self.until)
        )


def find(raw: Raw, kind: Kind, replayed: str) -> Found | None:
    """The letter that a record of a dead-letter topic is; ``None`` for what is none.

    ``replayed`` is the id of `events.replayed`, where alone a header is believed that says what it repeats.
    """
    try:
        letter = letters.read(raw.headers)  # type: ignore[arg-type]  # a value may be missing, which it takes
    except (msgspec.MsgspecError, KeyError, RecursionError):
        return None
    if not letter.origins:
        return None
    told = Found(
        letter=letter, kind=kind, at=raw.at, time=raw.time,
        size=len(raw.value) if letter.whole is None else letter.whole,
        project=letter.project or (raw.key or b"").decode("utf-8", "replace").partition(":")[0],
    )  # fmt: skip
    match kind:
        case "body":
            return _of_body(told, raw, replayed)
        case "other":
            return msgspec.structs.replace(told, broken="it is not replayed: it has to be written anew")
        case _:
            return _of_message(told, raw)


def _of_body(told: Found, raw: Raw, replayed: str) -> Found:
    origins = told.letter.origins
    place = _place(*msgspec.structs.astuple(origins[0])[:3])
    indices = tuple(sorted({each.index for each in origins}))
    dead = (Dead(place, (WHOLE,) if WHOLE in indices else indices),)
    # Letters of older versions do not tell that they are clipped.
    clipped = told.letter.whole is not None or (told.letter.time is None and len(raw.value) == CLIPPED_BYTES)
    if place.topic != replayed:
        return msgspec.structs.replace(told, dead=dead, clipped=clipped)
    try:
        of = replay.told(raw.texts())
    except Malformed as error:
        return msgspec.structs.replace(told, dead=dead, broken=f"it is no replay: {error.reason}")
    return msgspec.structs.replace(told, dead=dead, clipped=clipped, of=of)


def _of_message(told: Found, raw: Raw) -> Found:
    broken = f"it still is no {_NAMES[told.kind]}"
    try:
        message = msgspec.json.decode(raw.value, type=_SHAPES[told.kind])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return msgspec.structs.replace(told, broken=broken)
    if isinstance(message, _KEYED) and raw.key != f"{message.project}:{message.fingerprint}".encode():
        return msgspec.structs.replace(told, broken="its key still is another group's")
    if isinstance(message, Sighting):
        return msgspec.structs.replace(told, dead=bodies_of(message))
    if not isinstance(message, Command):
        return told
    if len(raw.value) > COMMAND_BYTES:
        return msgspec.structs.replace(told, broken="it still is too large for a command")
    origin = told.letter.origins[0]
    place = _place(origin.topic, origin.partition, origin.offset)
    return msgspec.structs.replace(told, dead=(Dead(place, (WHOLE,)),), of=_again(raw))


def bodies_of(sighting: Sighting) -> tuple[Dead, ...]:
    """The bodies that a sighting tells of, and which of their items."""
    return tuple(
        Dead(_place(sighting.topic, sighting.partition, offset), tuple(sorted({each.index for each in alike})))
        for offset, alike in groupby(sighting.occurrences, lambda occurrence: occurrence.offset)
    )


def _again(raw: Raw) -> Replay | None:
    """What a command repeats, if it says so."""
    try:
        return replay.told(raw.texts())
    except Malformed:
        return None


def _place(topic: str, partition: int, offset: int) -> Place:
    return Place(topic, partition, offset)
