"""A project's signals that later ones can still be linked to, in chunks: a signal rewrites one of them, not all."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from argus_streams.core.incidents.facts import Fact
from argus_streams.core.incidents.rules import CHANGES, Role

CHUNK = 64  # signals
CHUNK_BYTES = 128 * 1024
SYMPTOMS = 4_000  # that are remembered at once: of more the oldest are forgotten
CHANGED = 1_000  # changes likewise

_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(list[Fact]).decode


class Values(Protocol):
    """The project's part of a table, by the end of the key."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes | None) -> None: ...


class Chunk(Struct, array_like=True):
    """Some signals that arrived one after the other."""

    number: int
    changes: bool  # deploys and pushes are remembered longer than symptoms
    last: int = 0  # ms, the latest time in it
    count: int = 0
    size: int = 0  # bytes


class Timeline:
    """The chunks of a project, of which ``chunks`` is the table of contents."""

    def __init__(self, chunks: list[Chunk], values: Values) -> None:
        self._chunks = chunks
        self._values = values

    def facts(self) -> list[Fact]:
        """All that is remembered, in order of time."""
        found: list[Fact] = []
        for chunk in self._chunks:
            found += _DECODE(self._values.get(_key(chunk)) or b"\x90")
        return sorted(found, key=lambda fact: fact.place)

    def add(self, facts: Sequence[Fact]) -> None:
        """Remember more; those that change something apart from what they may have broken."""
        for changes in (False, True):
            self._append([fact for fact in facts if (fact.role in CHANGES) == changes], changes=changes)

    def forget(self, watermark: int, windows: Mapping[Role, int]) -> None:
        """Let go of what no rule reaches any more, and of the oldest where there is too much."""
        for changes, limit in ((False, SYMPTOMS), (True, CHANGED)):
            window = max(windows[role] for role in windows if (role in CHANGES) == changes)
            chunks = [chunk for chunk in self._chunks if chunk.changes == changes]
            total = sum(chunk.count for chunk in chunks)
            for chunk in chunks:
                if chunk.last < watermark - window or (total > limit and chunk.last <= watermark):
                    self._chunks.remove(chunk)
                    self._values.put(_key(chunk), None)
                    total -= chunk.count

    def _append(self, facts: Iterable[Fact], *, changes: bool) -> None:
        open_one = next((chunk for chunk in reversed(self._chunks) if chunk.changes == changes), None)
        held = [] if open_one is None else _DECODE(self._values.get(_key(open_one)) or b"\x90")
        for fact in facts:
            if open_one is None or open_one.count >= CHUNK or open_one.size >= CHUNK_BYTES:
                self._write(open_one, held)
                number = 1 + max((chunk.number for chunk in self._chunks), default=0)
                open_one, held = Chunk(number, changes), []
                self._chunks.append(open_one)
            held.append(fact)
            open_one.count += 1
            open_one.size += len(_ENCODE(fact))
            open_one.last = max(open_one.last, fact.at)
        if facts:
            self._write(open_one, held)

    def _write(self, chunk: Chunk | None, facts: list[Fact]) -> None:
        if chunk is not None:
            self._values.put(_key(chunk), _ENCODE(facts))


def _key(chunk: Chunk) -> str:
    return f"t/{chunk.number}"
