"""Snapshots that no owner knows of: a worker that was killed had told them before its state came to know of them.

They would stay in their topic for ever. Each is taken back as its owner takes back the others. Where its owner tells a
new one at the same moment, it is told again behind ours, so that what is last of a key is its highest version.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct

from argus_streams import app
from argus_streams.core import purged
from argus_streams.core.messages import Version
from argus_streams.core.purged import Kind, Marks, Place
from argus_streams.history.site import Site
from argus_streams.progress import progress
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing


class _Versioned(Struct):
    """As much of a snapshot as is needed."""

    version: Version


class _Last(NamedTuple):
    """The last record of a key, and the highest version of all of them."""

    value: bytes | None
    highest: bytes | None
    version: Version


Spans = Mapping[Partition, tuple[int, int]]
_VERSION = msgspec.json.Decoder(_Versioned)
_NONE = Version(-1, -1)


async def take_back(site: Site, made: Settings, project: str, marks: Marks) -> int:
    """Take back what is left of before the marks; how many."""
    topics = app.topics_of(made)
    kinds: Mapping[str, Kind] = {
        topics.groups: "groups", topics.correlated: "incidents", topics.analyses: "analyses", topics.scores: "scores",
        topics.patterns: "patterns",
    }  # fmt: skip
    tps, producer, done = list(await site.offsets.partitions(kinds)), ConfirmedProducer(site.given.kafka()), 0
    last: dict[tuple[Partition, bytes], _Last] = {}
    spans = await site.offsets.ends(tps)
    while any(first < end for first, end in spans.values()):
        await asyncio.to_thread(_read, site, spans, project, last)
        wrong = [
            record
            for (tp, key), each in last.items()
            if (record := _mended(tp, key, each, marks.get(_place(kinds[tp.topic], project, tp)))) is not None
        ]
        done += sum(each.value is None for each in wrong)
        await producer.write(wrong)
        ends = {tp: end for tp, (_, end) in (await site.offsets.ends(tps)).items()} if wrong else {}
        spans = {tp: (end, ends.get(tp, end)) for tp, (_, end) in spans.items()}
    return done


def _place(kind: Kind, project: str, tp: Partition) -> Place:
    return Place(kind, project, tp.partition if kind == "groups" else 0)


def _mended(tp: Partition, key: bytes, last: _Last, mark: purged.Mark | None) -> Outgoing | None:
    """What has to stand behind the last record of a key, if anything."""
    if mark is None:
        return None
    if last.version <= mark.version:
        stays = last.value is not None
        return Outgoing(tp.topic, key, None, purged.headers_of(mark), tp.partition) if stays else None
    return None if last.value == last.highest else Outgoing(tp.topic, key, last.highest, (), tp.partition)


def _read(site: Site, spans: Spans, project: str, last: dict[tuple[Partition, bytes], _Last]) -> None:
    own = f"{project}:".encode()
    with progress("records of snapshots looked at", sum(end - first for first, end in spans.values())) as advance:
        for batch in site.offsets.reader().read_whole({tp: span for tp, span in spans.items() if span[0] < span[1]}):
            for message in batch:
                key, value = message.key() or b"", message.value()
                if key.startswith(own) and key != own:
                    at = (Partition(message.topic() or "", message.partition() or 0), key)
                    last[at] = _followed(last.get(at, _Last(None, None, _NONE)), value)
            advance(len(batch))


def _followed(known: _Last, value: bytes | None) -> _Last:
    try:
        version = _NONE if value is None else _VERSION.decode(value).version
    except msgspec.MsgspecError:  # nobody's snapshot: it goes with the others
        version = _NONE
    if version >= known.version:
        return _Last(value, value if version > _NONE else known.highest, version)
    return known._replace(value=value)
