"""Bursts: a group that occurs far more often in five minutes than it does as a rule.

Time is Kafka's, in buckets of five minutes, of which the last hour is kept. What is usual is the mean of the group's
earlier buckets in which it occurred; where it has none, the mean of a group and bucket of the project, as far as this
partition knows it: groups lie in partitions by their key, and no partition knows all of a project. With nothing to
compare with, nothing is usual.

Where events of one group come from several input partitions, a baseline depends on how far each was read: a bucket that
is late raises it, and does not take back what was told. Nothing else depends on order.

The method is that of PostHog's error tracking (https://github.com/PostHog/posthog, rust/cymbal).
"""

from collections.abc import Container, Iterable, Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

BUCKET = 300_000  # ms
KEPT = 12  # buckets: an hour

V = TypeVar("V", int, tuple[int, int])
Buckets = Mapping[int, int]  # number of five minutes since 1970 → occurrences


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(dict[int, tuple[int, int]])


class Limits(Struct, frozen=True, kw_only=True):
    """What a burst is."""

    threshold: Annotated[int, Meta(ge=1)]  # occurrences in five minutes: fewer are none, whatever is usual
    multiplier: Annotated[float, Meta(ge=1)]  # times what is usual
    cooldown: Annotated[int, Meta(ge=0)]  # ms from the beginning of one burst in which no other is told


class Bursts(Struct, frozen=True):
    """What a burst is in each project."""

    usual: Limits
    projects: Mapping[str, Limits] = {}  # of those that differ

    def of(self, project: str) -> Limits:
        """What it is in this one."""
        return self.projects.get(project, self.usual)


class Spike(Struct, frozen=True):
    """A burst."""

    bucket: int
    count: int  # in these five minutes so far
    baseline: float  # what is usual

    @property
    def start(self) -> int:
        """When the five minutes began, ms."""
        return self.bucket * BUCKET


class Project:
    """What one partition knows of a project: by bucket, how often its groups occurred, and how many of them did.

    It is the sum of the partition's groups, so it can be made anew from them.
    """

    def __init__(self, buckets: Mapping[int, tuple[int, int]] | None = None) -> None:
        self._buckets = dict(buckets or {})

    def mean(self, bucket: int) -> float:
        """Of a group that occurred, in the hour before this bucket; 0 where there is none."""
        past = [told for each, told in self._buckets.items() if bucket - KEPT < each < bucket]
        groups = sum(number for _, number in past)
        return sum(count for count, _ in past) / groups if groups else 0.0

    def add(self, new: Buckets, known: Container[int] = ()) -> None:
        """Count a group's new occurrences; in the known buckets it had occurred before."""
        for bucket, number in new.items():
            count, groups = self._buckets.get(bucket, (0, 0))
            self._buckets[bucket] = (count + number, groups + (bucket not in known))

    def encode(self) -> bytes:
        """The project as it lies in the changelog and the local store."""
        return _ENCODER.encode(_recent(self._buckets))

    @classmethod
    def decode(cls, data: bytes) -> "Project":
        """The project that ``encode`` wrote."""
        return cls(_DECODER.decode(data))


def project_key(project: str) -> bytes:
    """Where the table of groups keeps the project: under a fingerprint that no group has, the empty one."""
    return f"{project}:".encode()


def counted(buckets: Buckets, new: Buckets) -> dict[int, int]:
    """A group's buckets with new occurrences; what comes late counts where it belongs, or is too old."""
    both = dict(buckets)
    for bucket, number in new.items():
        both[bucket] = both.get(bucket, 0) + number
    return _recent(both) if len(both) > max(1, len(buckets)) else both  # else nothing has grown too old


def spikes(buckets: Buckets, new: Iterable[int], project: Project, *, limits: Limits, last: int | None) -> list[Spike]:
    """The bursts among the buckets that have just been counted into; ``last`` is the bucket of the last one told."""
    found = []
    for bucket in sorted(new):
        count = buckets.get(bucket, 0)
        if count < limits.threshold or (last is not None and (bucket - last) * BUCKET < max(BUCKET, limits.cooldown)):
            continue
        baseline = _own(buckets, bucket)
        baseline = project.mean(bucket) if baseline is None else baseline
        if count > baseline * limits.multiplier:
            found.append(Spike(bucket, count, baseline))
            last = bucket
    return found


def _own(buckets: Buckets, bucket: int) -> float | None:
    past = [count for each, count in buckets.items() if bucket - KEPT < each < bucket]
    return sum(past) / len(past) if past else None


def _recent(buckets: Mapping[int, V]) -> dict[int, V]:
    oldest = max(buckets, default=0) - KEPT
    return {bucket: told for bucket, told in buckets.items() if bucket > oldest}
