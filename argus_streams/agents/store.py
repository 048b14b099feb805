"""STORE: snapshots, kept events and letters in, rows in Postgres out."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from argus_streams.agents.tracing import Begin, Trace, untraced
from argus_streams.agents.wire import DEAD, UNREADABLE, Topics, letter_of
from argus_streams.core import letters, purged
from argus_streams.core.clip import clean
from argus_streams.core.events import Origin
from argus_streams.core.findings import Analysis, Incident, Score
from argus_streams.core.letters import TEXT, Letter
from argus_streams.core.messages import DeadLetter, Group, KeptEvent
from argus_streams.core.purged import Gone
from argus_streams.core.repairs import HealingDecision, Pattern
from argus_streams.core.rows import Row, Snapshot, place, row_key
from argus_streams.core.tracing import Value
from argus_streams.ports import Refused, Store
from argus_streams.streaming.agent import Effects, Slice
from argus_streams.streaming.position import Record
from argus_streams.streaming.producer import Outgoing


class _Placed(NamedTuple):
    """A row and the record that told it."""

    row: Row
    piece: Slice
    record: Record


class StoreAgent:
    """Writes each turn in one transaction; rows that can never be stored become letters, one by one."""

    name = "store"

    def __init__(self, topics: Topics, store: Store, *, trace: Begin = untraced) -> None:
        self._store = store
        self._trace = trace
        self._kinds: Mapping[str, purged.Kind] = {
            topics.groups: "groups",
            topics.correlated: "incidents",
            topics.analyses: "analyses",
            topics.scores: "scores",
            topics.patterns: "patterns",
        }
        self._read: Mapping[str, Callable[[bytes], Row]] = {
            topics.groups: msgspec.json.Decoder(Group).decode,
            topics.kept: msgspec.json.Decoder(KeptEvent).decode,
            topics.correlated: msgspec.json.Decoder(Incident).decode,
            topics.analyses: msgspec.json.Decoder(Analysis).decode,
            topics.scores: msgspec.json.Decoder(Score).decode,
            topics.patterns: msgspec.json.Decoder(Pattern).decode,
            topics.decisions: msgspec.json.Decoder(HealingDecision).decode,
        }

    async def turn(self, slices: Sequence[Slice]) -> Effects:
        """Store what the slices tell. Raises ``Unavailable`` while the database is away."""
        placed: list[_Placed] = []
        gone: list[Gone] = []
        out: list[Outgoing] = []
        trace = self._trace()
        for piece, record in ((each, record) for each in slices for record in each.records):
            kind = self._kinds.get(piece.topic) if record.value is None else None
            try:
                if kind is None:
                    placed += [_Placed(row, piece, record) for row in self._rows(piece, record)]
                else:
                    gone.append(purged.gone(kind, record.key or b"", record.headers, record.partition))
            except UNREADABLE as error:
                out += _refuse(piece, record, "not a message of this topic", str(error))
        if gone:
            await self._store.purge(gone)
        placed = await self._left(placed)
        refused = await self._store.write([each.row for each in placed])
        _tell(trace, refused, placed)
        return Effects([*out, *_letters(refused, placed)], trace.told())

    async def _left(self, placed: list[_Placed]) -> list[_Placed]:
        """What no purge has taken, whatever was told late or is read again."""
        marks = await self._store.purged({each.row.project for each in placed})
        if not marks:
            return placed
        return [each for each in placed if not purged.is_taken(each.row, each.record.partition, marks)]

    def _rows(self, piece: Slice, record: Record) -> Sequence[Row]:
        read = self._read.get(piece.topic)
        return _dead_letters(record) if read is None else (read(record.value or b""),)


def _dead_letters(record: Record) -> list[DeadLetter]:
    """A row for each place that the letter stands for."""
    letter = letters.read(record.headers)
    return [
        DeadLetter(
            stage=letter.stage,
            reason=clean(letter.reason, TEXT),
            detail=clean(letter.detail, TEXT),
            project=clean(letter.project, TEXT),
            source=clean(letter.source, TEXT),
            origin=origin,
            size=len(record.value or b"") if letter.whole is None else letter.whole,
            at=record.timestamp,
        )
        for origin in letter.origins
    ]


def _letters(refused: Sequence[Refused], placed: Sequence[_Placed]) -> list[Outgoing]:
    """A letter for each record whose row was refused; several records may have told one row."""
    alike: dict[object, list[_Placed]] = {}
    for told in placed if refused else ():
        alike.setdefault(_told(told.row), []).append(told)
    out: list[Outgoing] = []
    for each in refused:
        for told in alike.get(_told(each.row), ()):
            if told.row == each.row:
                out += _refuse(told.piece, told.record, each.reason, each.detail)
    return out


def _tell(trace: Trace, refused: Sequence[Refused], placed: Sequence[_Placed]) -> None:
    """A span of each followed record; of a letter about many places the first row stands for all."""
    told: set[tuple[str, int, int]] = set()
    for row, piece, record in placed:
        if not record.headers or (at := (piece.topic, piece.partition, record.offset)) in told:
            continue
        told.add(at)
        cause = trace.cause(piece, record)
        if cause is not None:
            why = next((each.reason for each in refused if each.row == row), "")
            trace.add(cause.span("store", _row(row, "refused" if why else "stored"), why))


def _row(row: Row, outcome: str) -> dict[str, Value]:
    table, key = place(row)
    return {
        "db.system.name": "postgresql",
        "db.collection.name": table,
        "argus.row": key,
        "argus.outcome": outcome,
    }


def _told(row: Row) -> Hashable:
    """What equal rows have in common, and few others."""
    return (row_key(row), row.version) if isinstance(row, Snapshot) else row_key(row)


def _refuse(piece: Slice, record: Record, reason: str, detail: str) -> list[Outgoing]:
    """A letter; none about a letter, which stays in its own topic."""
    if piece.topic.endswith(DEAD):
        return []
    origin = Origin(piece.topic_id, piece.partition, record.offset, letters.WHOLE)
    letter = Letter(stage="store", reason=reason, detail=detail, origins=(origin,))
    return [letter_of(piece.topic + DEAD, letter, record)]
