"""Traces: whose span a record goes on from, and what a stage tells of it (https://www.w3.org/TR/trace-context/).

Ids of spans are made of what they are about: what is done again after a crash is the same span, not a second one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Literal, NamedTuple

from msgspec import Struct

HEADER = "traceparent"
LINKS = 128  # of one span: what SDKs of OpenTelemetry keep by default
LONGEST = 512  # characters of a header: a later version may say more than the 55 that we read

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_SAMPLED = 0x01

Value = str | int | tuple[str, ...]
Kind = Literal["process", "create"]  # of a record that was read, or that is about to be written


class Context(Struct, frozen=True):
    """A span as others refer to it, in lower-case hexadecimal digits."""

    trace_id: str  # 32
    span_id: str  # 16


class Span(Struct, frozen=True, kw_only=True):
    """What a stage tells of a record; when it was is told by the turn."""

    name: str
    kind: Kind = "process"
    context: Context
    parent: Context
    links: tuple[Context, ...] = ()
    attributes: Mapping[str, Value] = {}
    error: str = ""  # why it could not be done; short and fixed


class Message(NamedTuple):
    """A record that is followed, and where it lies."""

    topic: str  # name
    topic_id: str
    partition: int
    offset: int

    def attributes(self) -> dict[str, Value]:
        """In OpenTelemetry's words: https://opentelemetry.io/docs/specs/semconv/messaging/kafka/."""
        return {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": self.topic,
            "messaging.destination.partition.id": str(self.partition),
            "messaging.kafka.offset": self.offset,
        }


def parse(text: str) -> Context | None:
    """The sender's span, if the header is well-formed and its trace is recorded; else nothing, whatever it holds."""
    found = _PARENT.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    if version == "ff" or (version == "00" and rest is not None):  # a later version may end in more
        return None
    if not int(flags, 16) & _SAMPLED or not (trace_id.strip("0") and span_id.strip("0")):
        return None
    return Context(trace_id, span_id)


def format_(context: Context) -> str:
    """The header that hands a recorded span on."""
    return f"00-{context.trace_id}-{context.span_id}-01"


def processed(name: str, parent: Context, message: Message, told: Mapping[str, Value], error: str = "") -> Span:
    """The span of a stage over one record."""
    place = (message.topic_id, str(message.partition), str(message.offset))
    context = Context(parent.trace_id, _id(parent, name, place))
    return Span(name=name, context=context, parent=parent, attributes={**message.attributes(), **told}, error=error)


def joined(name: str, causes: Sequence[Context], about: Iterable[str], told: Mapping[str, Value]) -> Span:
    """The span of one record that several brought about: a child of the first, with links to the others."""
    first, *others = causes
    context = Context(first.trace_id, _id(first, name, about))
    attributes: dict[str, Value] = {"messaging.system": "kafka", "messaging.operation.type": "create", **told}
    links = tuple(others[:LINKS])
    return Span(name=name, kind="create", context=context, parent=first, links=links, attributes=attributes)


def _id(parent: Context, name: str, about: Iterable[str]) -> str:
    """Of named parts, each with its length before it: no two lists of parts run together to one text."""
    text = "".join([f"{len(part)}:{part}" for part in (parent.trace_id, parent.span_id, name, *about)])
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
