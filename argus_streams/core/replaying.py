"""Which letters are replayed and how, or why not: decisions over what lies in the dead-letter topics."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from argus_streams.core import letters, replay
from argus_streams.core.letterbox import ROWS, Dead, Found
from argus_streams.core.letters import WHOLE
from argus_streams.core.messages import Command
from argus_streams.core.records import Raw
from argus_streams.core.replay import Place, Replay

Done = Mapping[Place, frozenset[int]]  # items that were replayed, by the place at which they died


class Publish(Struct, frozen=True):
    """Bodies go to `events.replayed`."""

    found: Found
    dead: tuple[Dead, ...]
    reason: str = "its items are read again"


class Order(Struct, frozen=True):
    """A command goes back to `groups.commands`, as old as it is."""

    found: Found
    reason: str = "it is given again"


class Write(Struct, frozen=True):
    """A row is written to Postgres, if what is there is not newer."""

    found: Found
    reason: str = "it is written again"


class Skip(Struct, frozen=True):
    """Nothing has to be done."""

    found: Found
    reason: str


class Lost(Struct, frozen=True):
    """It can not be replayed."""

    found: Found
    reason: str


BEYOND = "more than are asked for"  # why letters after ``Choice.most`` are left

Decision = Publish | Order | Write | Skip | Lost


class Known(Struct, frozen=True, kw_only=True):
    """What a decision needs to know besides the letters."""

    done: Done
    replayed: str  # id of `events.replayed`
    firsts: Mapping[tuple[str, int], int]  # first offset that is still there, by topic id and partition


class Choice(Struct, frozen=True, kw_only=True):
    """How much is asked for."""

    again: bool = False  # also what died again when it was replayed
    most: int | None = None  # letters


def done(told: Iterable[Replay]) -> Done:
    """What the records of `events.replayed` and replayed commands say was replayed."""
    places: dict[Place, set[int]] = {}
    for each in told:
        places.setdefault(each.last, set()).update(each.indices)
    return {place: frozenset(indices) for place, indices in places.items()}


def was_replayed(found: Found, before: Done) -> bool | None:
    """Whether all that it stands for was; of a row, which may be written as often as one likes, nobody knows."""
    if found.kind in ROWS:
        return None
    return bool(found.dead) and all(not _left(each, before.get(each.place, frozenset())) for each in found.dead)


def decide(everything: Sequence[Found], wanted: Sequence[Found], known: Known, choice: Choice) -> list[Decision]:
    """One or more decisions on each wanted letter, the oldest first; ``everything`` is all that lies there.

    No item is in two of them, nor in one if it was replayed before.
    """
    planned = {place: set(indices) for place, indices in known.done.items()}
    read_since = {d.place for each in everything if each.kind == "body" for d in each.dead if WHOLE not in d.indices}
    decisions: list[Decision] = []
    taken = 0
    for found in sorted(wanted, key=lambda each: (each.time, each.at)):
        if choice.most is not None and taken >= choice.most:
            decisions.append(Skip(found, BEYOND))
            continue
        told = _decide(found, planned, read_since, known, choice)
        taken += any(isinstance(each, Publish | Order | Write) for each in told)
        decisions += told
    return decisions


def _decide(
    found: Found, planned: dict[Place, set[int]], read_since: set[Place], known: Known, choice: Choice
) -> list[Decision]:
    if found.broken:
        return [Lost(found, found.broken)]
    if found.kind in ROWS:
        return [Write(found)]
    if found.kind == "body" and WHOLE in found.dead[0].indices and found.dead[0].place in read_since:
        return [Skip(found, "the body was read when it was tried again: its items have letters of their own")]
    left = [Dead(each.place, _left(each, planned.get(each.place, set()))) for each in found.dead]
    left = [each for each in left if each.indices]
    if not left:
        known_before = any(each.place in known.done for each in found.dead)
        return [Skip(found, "it was replayed before" if known_before else "another letter tells the same")]
    if not choice.again and (found.of is not None or any(each.place.topic == known.replayed for each in left)):
        return [Skip(found, "it died again when it was replayed: --again tries once more")]
    return _possible(found, left, planned, known)


def _possible(found: Found, left: Sequence[Dead], planned: dict[Place, set[int]], known: Known) -> list[Decision]:
    """What can be done of what is left to do; it is noted as planned."""
    gone = [each for each in left if (found.kind == "sighting" or found.clipped) and not _is_there(each, known)]
    possible = tuple(each for each in left if each not in gone)
    for each in possible:
        planned.setdefault(each.place, set()).update(each.indices)
    decisions: list[Decision] = []
    if possible:
        decisions.append(Order(found) if found.kind == "command" else Publish(found, possible))
    if gone:
        which = f"{len(gone)} of its {len(left)} bodies" if found.kind == "sighting" else "the body, cut in the letter,"
        decisions.append(Lost(found, f"{which} can not be read back: the input does not have it any more"))
    return decisions


def _left(dead: Dead, before: Iterable[int]) -> tuple[int, ...]:
    """Items that were not replayed; the whole body is not, once some of it was."""
    gone = set(before)
    if WHOLE in gone or (gone and WHOLE in dead.indices):
        return ()
    return tuple(index for index in dead.indices if index not in gone)


def _is_there(dead: Dead, known: Known) -> bool:
    first = known.firsts.get((dead.place.topic, dead.place.partition))
    return first is not None and dead.place.offset >= first


def replay_of(dead: Dead, raw: Raw, time: int, replayed: str) -> Replay:
    """What a record has to say that repeats these items of a body; ``raw`` has the headers with which it died.

    Of a body that was a replay already, the first place stays; its letter "whole" is of what was asked for then.
    """
    if dead.place.topic != replayed:
        return Replay(first=dead.place, last=dead.place, indices=dead.indices, received_at=time)
    of = replay.told(raw.texts())
    indices = of.indices if WHOLE in dead.indices else dead.indices
    return Replay(first=of.first, last=dead.place, indices=indices, received_at=of.received_at)


def headers_of(raw: Raw, told: Replay, source: str, project: str) -> list[tuple[str, Any]]:
    """The headers with which a body came, and what it repeats; source and project where it came without."""
    texts = raw.texts()
    kept = [
        (name, content)
        for name, content in raw.headers
        if not name.startswith(letters.OURS) and name.lower() != replay.HEADER
    ]
    defaults = {"ce_source": source, "project": project}
    more = [(name, text.encode()) for name, text in defaults.items() if text and not texts.get(name)]
    return [*kept, *more, replay.header(told)]


def order_again(value: bytes, time: int) -> bytes:
    """The command, which says when it was first given."""
    order = msgspec.json.decode(value, type=Command)
    at = time if order.at is None else min(order.at, time)
    return msgspec.json.encode(msgspec.structs.replace(order, at=at))
