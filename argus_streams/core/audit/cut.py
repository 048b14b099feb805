"""Where an audit draws the line: spans of the inputs, ends and commits of every topic, at one moment.

Commits are looked up first, ends of what the stages write next, then those of what they read, and the inputs' last.
So what lies below a stage's commit has all its effects below the ends, and what shows an effect lies below the ends.
"""

from collections.abc import Mapping
from typing import NamedTuple

HOUR = 3_600_000  # ms


class Extent(NamedTuple):
    """Of one partition: offsets [first, end) are read, those below ``done`` are processed by whom the topic is for."""

    first: int
    end: int
    done: int


class Topic(NamedTuple):
    """A topic that is not an input."""

    name: str
    id: str
    extents: Mapping[int, Extent]


class Input(NamedTuple):
    """A span of one input partition.

    What became of bodies below a ``known`` offset was told earlier than what that topic still retains.
    """

    topic: str
    id: str
    partition: int
    first: int
    end: int
    done: int  # NORMALIZE has committed what lies below
    start: int = 0  # of the log: what lies below was taken by retention
    known_ledger: int = 0
    known_normalized: int = 0
    known_letters: int = 0


class Cut(NamedTuple):
    """All that is audited."""

    inputs: tuple[Input, ...]
    ledger: Topic
    normalized: Topic
    groups: Topic
    kept: Topic
    letters: tuple[Topic, ...]  # dead-letter topics
    hours: range | None = None  # hours since 1970 that lie in the span as a whole; None: their counts are not compared
    stored_since: int = 0  # ms; what is older Postgres may have dropped
    limited: bool = False  # the span is not all that is retained

    def covers(self, topic_id: str, partition: int, offset: int) -> bool:
        """Whether an origin lies in the span; where all is audited, also one that retention took since."""
        if not self.limited:
            return True
        return any(
            each.id == topic_id and each.partition == partition and each.first <= offset < each.end
            for each in self.inputs
        )

    def is_input(self, topic_id: str) -> bool:
        """Whether a topic's id is that of an input."""
        return any(each.id == topic_id for each in self.inputs)

    def with_gone(self, ends: Mapping[tuple[str, int], tuple[int, int]]) -> tuple[Input, ...]:
        """The inputs, and those that are no more: deleted, or read no longer; of them the ledger alone tells.

        ``ends`` are the offsets [first, end) that the ledger speaks of, by topic id and partition.
        """
        if self.limited:
            return self.inputs
        gone = ends.keys() - {(each.id, each.partition) for each in self.inputs}
        return (*self.inputs, *(_gone(at, *ends[at]) for at in sorted(gone)))


def _gone(at: tuple[str, int], first: int, end: int) -> Input:
    return Input(at[0], *at, first, end, done=end, start=end)
