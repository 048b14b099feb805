"""Which records of a turn are followed, and what is told of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from argus_streams.core import tracing
from argus_streams.core.tracing import HEADER, Context, Message, Span, Value
from argus_streams.ports.tracing import Tracer
from argus_streams.streaming.agent import Slice
from argus_streams.streaming.position import Record

Headers = Sequence[tuple[str, bytes]]


class Allowance:
    """How many records may still be followed; many more cost next to nothing."""

    def __init__(self, left: float = 0.0) -> None:
        self.left = left
        self.refused = 0

    def take(self) -> bool:
        """Whether one more may be."""
        if self.left < 1.0:
            self.refused += 1
            return False
        self.left -= 1.0
        return True


class Cause(NamedTuple):
    """A followed record."""

    parent: Context
    message: Message

    def span(self, stage: str, told: Mapping[str, Value], error: str = "") -> Span:
        """What a stage tells of it."""
        return tracing.processed(stage, self.parent, self.message, told, error)


class Trace:
    """The spans of one turn."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._spans: dict[Context, Span] = {}  # of a record the last word counts

    def follow(self, text: str) -> Context | None:
        """The span that a ``traceparent`` names; none where there is none, or more ask than may."""
        if not self._allowance.take():
            return None
        context = tracing.parse(text)
        if context is None:
            self._allowance.left += 1.0
        return context

    def cause(self, piece: Slice, record: Record) -> Cause | None:
        """The record as what follows from it has to name it; nothing for nearly all."""
        if not record.headers:
            return None
        for name, content in record.headers:
            if name == HEADER:
                parent = self.follow((content or b"")[: tracing.LONGEST].decode("utf-8", "replace"))
                return None if parent is None else Cause(parent, message_of(piece, record))
        return None

    def refused(self, stage: str, piece: Slice, record: Record, reason: str) -> None:
        """Tell that a record became a letter, if it is followed."""
        cause = self.cause(piece, record)
        if cause is not None:
            self.add(cause.span(stage, {"argus.outcome": "dead"}, reason))

    def add(self, span: Span) -> Context:
        """Tell a span; what leaves because of it names this context."""
        self._spans[span.context] = span
        return span.context

    def joined(
        self, name: str, causes: Iterable[Context], about: Sequence[str], told: Mapping[str, Value]
    ) -> Context | None:
        """The context of a record that these brought about; of one alone it is that one's own."""
        distinct = list(dict.fromkeys(causes))
        if len(distinct) < 2:  # noqa: PLR2004 - one needs no span to hold it
            return distinct[0] if distinct else None
        return self.add(tracing.joined(name, distinct, about, told))

    def told(self) -> Sequence[Span]:
        """All spans."""
        return [*self._spans.values()]


Begin = Callable[[], Trace]


def untraced() -> Trace:
    """The trace of a turn that follows nothing."""
    return Trace(Allowance())


class Tracing:
    """Follows at most so many records a second, whoever asks for more."""

    def __init__(self, limit: int, tracer: Tracer, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._tracer = tracer
        self._clock = clock  # s, monotonic
        self._looked = clock()
        self._allowance = Allowance(limit)

    def turn(self) -> Trace:
        """A turn begins now."""
        now, allowance = self._clock(), self._allowance
        if allowance.refused:
            self._tracer.refused(allowance.refused)
        allowance.refused = 0
        allowance.left = min(float(self._limit), allowance.left + (now - self._looked) * self._limit)
        self._looked = now
        return Trace(allowance)


def message_of(piece: Slice, record: Record) -> Message:
    """Where a record lies."""
    return Message(piece.topic, piece.topic_id, piece.partition, record.offset)


def headers_of(cause: Context | None) -> Headers:
    """What a record that leaves says of its cause."""
    return () if cause is None else ((HEADER, tracing.format_(cause).encode()),)
