"""The standard load: real bodies under 4 KB of all senders, of 5,000 problems that occur by Zipf's law (1.1).

A problem is a real body (`shared/payloads` beside the checkout, and our samples) in which the words of its fingerprint
have other names; one in a hundred bodies tells a problem that was never seen. An occurrence has ids and times of its
own. All that is chosen is chosen by a seed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, Literal, NamedTuple

import msgspec

from argus_streams import sources
from argus_streams.adapters.known_fields import known_fields
from argus_streams.adapters.mappings import load_mappings
from argus_streams.adapters.memory import MemoryFields
from argus_streams.agents.lookout import Lookout
from argus_streams.agents.wire import Topics
from argus_streams.core.clip import Limits
from argus_streams.core.events import Origin
from argus_streams.core.normalization import Incoming, Norms, Reading, read
from argus_streams.core.scrub import scrubber
from argus_streams.demo.variation import Sample, vary
from argus_streams.explanation import of_file
from argus_streams.streaming.agent import Slice

ROOT = Path(__file__).resolve().parents[1]
PAYLOADS = ROOT.parent / "shared" / "payloads"
SENDERS = tuple(sources.load())
TOPICS = Topics.under("")
LARGEST = 4096  # bytes of a body
PROBLEMS = 5_000  # of all senders together
EXPONENT = 1.1
ONE_IN_NEW = 100
NOW = 1_800_000_000  # s since 1970
# Problems: all, those made of one body of each sender, one of these, or one that was never seen in each body.
How = Literal["spread", "alike", "storm", "distinct"]
_WORD = re.compile(r"[A-Za-z]{5,}")
_KEPT = {"platform", "level", "kind", "severity", "status", "action", "conclusion"}


class Arrived(NamedTuple):
    """One record of an input topic."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes
    headers: Sequence[tuple[str, bytes]]


def norms() -> Norms:
    """How a deployment without settings of its own reads bodies."""
    mappings = load_mappings(ROOT / "samples" / "mapped.yaml")
    return Norms(sources=sources.load(), limits=Limits(), scrubber=scrubber(), mappings=mappings)


@cache
def lookout() -> Lookout:
    """One for the whole process, as a worker has it."""
    return Lookout(known_fields(), MemoryFields(), scrubber().text)


def payloads_of(sender: str, largest: int) -> list[Sample]:
    """The published payloads that are small enough."""
    return [found for file in sorted((PAYLOADS / sender).glob("*.json")) for found in _small(file, sender, largest)]


def samples_of(sender: str, largest: int) -> list[Sample]:
    """Our own samples that are small enough."""
    return _small(ROOT / "samples" / f"{sender}.json", sender, largest)


def _small(file: Path, sender: str, largest: int) -> list[Sample]:
    """Small enough as senders write them, without indentation."""
    found = []
    for given in of_file(file.read_bytes(), sender):
        try:
            body = msgspec.json.decode(given.value)
        except msgspec.DecodeError:  # an envelope: several lines of JSON
            body = given.value.decode()
        if len(given.value if isinstance(body, str) else msgspec.json.encode(body)) < largest:
            found.append(Sample(sender, file.stem, given.headers, body))
    return found


class Load:
    """What one sender sends, from ``now`` (s since 1970) on, in bodies of less than ``largest`` bytes."""

    def __init__(self, sender: str, seed: int = 7, *, now: float = NOW, largest: int = LARGEST) -> None:
        self._random = Random(f"{sender}{seed}")  # noqa: S311 - a repeatable load, no secret
        self._norms = norms()
        payloads, ours = (self._telling(find(sender, largest)) for find in (payloads_of, samples_of))
        self._now = now
        self.samples, self.payloads = payloads + ours, len(payloads)
        self._problems: dict[int, Sample] = {}
        self._size = PROBLEMS // len(SENDERS)
        self._weights = list(accumulate(1 / rank**EXPONENT for rank in range(1, self._size + 1)))
        self._new = self._size
        self._sent = 0

    def slice(self, count: int, how: How = "spread") -> Slice:
        """The next bodies of one partition."""
        return Slice(TOPICS.incoming, "topic-id", 0, [self._record(self._number(how)) for _ in range(count)])

    def _number(self, how: How) -> int:
        """The number of a problem; by it, a problem has its sample."""
        if how == "storm":
            return 0
        new = how == "distinct" or self._random.randrange(ONE_IN_NEW) == 0
        self._new += new
        rank = self._new if new else int(self._random.choices(range(self._size), cum_weights=self._weights)[0])
        return rank * len(self.samples) if how == "alike" else rank

    def _record(self, number: int) -> Arrived:
        if number not in self._problems:
            self._problems[number] = self._renamed(self.samples[number % len(self.samples)], number)
        now = self._now + self._sent * 0.01
        headers, value = vary(self._problems[number], now=now, random=self._random)
        self._sent += 1
        return arrived(self._problems[number].source, headers, value, self._sent)

    def _telling(self, samples: Sequence[Sample]) -> list[Sample]:
        """Those that tell something: what is ignored costs little more than its JSON, and would flatter."""
        return [sample for sample in samples if self._read(sample).outcome == "normalised"]

    def _renamed(self, sample: Sample, number: int) -> Sample:
        """The sample as another problem: the words of its fingerprint have a suffix."""
        before = self._read(sample)
        words = {word for _, print_ in before.events for _, part in print_.parts for word in _WORD.findall(part)}
        suffix = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        renamed = sample._replace(body=_with(sample.body, words, f"Q{suffix}"))
        same = [p.how for _, p in self._read(renamed).events] == [p.how for _, p in before.events]
        return renamed if same else sample

    def _read(self, sample: Sample) -> Reading:
        value = sample.body.encode() if isinstance(sample.body, str) else msgspec.json.encode(sample.body)
        headers = {name.lower(): text for name, text in sample.headers.items()}
        incoming = Incoming(
            value=value,
            headers=headers,
            source=sample.source,
            project="shop",
            origin=Origin("", 0, 0),
            received_at=NOW * 1000,
        )
        return read(incoming, self._norms)


def arrived(sender: str, headers: Mapping[str, str], value: bytes, offset: int) -> Arrived:
    """The record that a producer makes of a request."""
    told = {**headers, "ce_source": sender, "project": "shop", "ce_specversion": "1.0"}
    pairs = [(name, text.encode()) for name, text in told.items()]
    return Arrived(TOPICS.incoming, 0, offset, NOW * 1000 + offset * 10, None, value, pairs)


def incoming(record: Arrived) -> Incoming:
    """The record as NORMALIZE reads it."""
    headers = {name: text.decode() for name, text in record.headers}
    return Incoming(
        value=record.value,
        headers=headers,
        source=headers["ce_source"],
        project=headers["project"],
        origin=Origin("topic-id", record.partition, record.offset),
        received_at=record.timestamp,
    )


def _with(value: Any, words: set[str], suffix: str) -> Any:
    """The value with a suffix behind each of the words, but for what a vendor's own vocabulary says."""
    if isinstance(value, dict):
        return {key: inner if key in _KEPT else _with(inner, words, suffix) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with(inner, words, suffix) for inner in value]
    if isinstance(value, str) and words:
        return _WORD.sub(lambda found: found[0] + suffix if found[0] in words else found[0], value)
    return value


def mixed(slices: Sequence[Slice]) -> Iterator[Slice]:
    """Slices of the same size whose bodies come in turn from each sender."""
    size = len(slices[0].records)
    records = [record for told in zip(*(piece.records for piece in slices), strict=True) for record in told]
    for start in range(0, len(records), size):
        part = [record._replace(offset=start + at) for at, record in enumerate(records[start : start + size])]
        yield slices[0]._replace(records=part)
