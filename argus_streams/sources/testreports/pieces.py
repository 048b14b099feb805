"""A large JSON document read piece by piece: a piece is a view into the body, and is decoded when it is asked for.

What is not asked for (attachments, output, the tests that passed) takes no memory.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from argus_streams.core import fields
from argus_streams.errors import Malformed

Piece = Raw | memoryview
T = TypeVar("T", bound=Struct)

NOTHING = Raw(b"")  # a field that is not there
_FEW = 2 * 1024 * 1024  # bytes: an array of this size has at most a million pieces
_LONG = 256 * 1024  # bytes of a text, of which the rest is no use to anybody
_ESCAPE = 12  # bytes of the longest escape, a surrogate pair
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_LEVELS = 6  # of objects and arrays inside one another that are passed over by the pattern alone
_BRACKETS = 1_000_000  # of those deeper than that, in one element


def _beside(levels: int) -> bytes:
    """A pattern of what stands before a bracket in JSON: texts, other values, and whatever has so few levels."""
    inner = rb"|[\[{]" + _beside(levels - 1) + rb"[\]}]" if levels else b""
    return rb'(?:[^"\[\]{}]++|' + _STRING + inner + rb")*+"


# In an array that is known to be JSON: the next element (of an object or array its first byte), and the next bracket.
_ELEMENT = re.compile(rb"[\s,]*+(" + _STRING + rb'|[\[{]|[^\s,"\[\]{}]++)', re.DOTALL)
_BRACKET = re.compile(_beside(_LEVELS) + rb"[\[\]{}]", re.DOTALL)


def shaped(piece: Piece, of: type[T]) -> T:
    """The fields of an object, each a piece; what is no object has none."""
    found = _decoded(piece, of)
    return found if isinstance(found, of) else of()


def listed(piece: Piece) -> Iterable[Piece]:
    """The elements of an array; what is none has none."""
    if piece is NOTHING:
        return ()
    view = memoryview(piece)
    if _first(view) != b"[":
        return ()
    return _decoded(piece, list[Raw]) if len(view) <= _FEW else _each(view)


def value(piece: Piece) -> object:
    """A text, number or truth value; of a long text its beginning."""
    if piece is NOTHING:
        return None
    view = memoryview(piece)
    if _first(view) in {b"", b"[", b"{"}:
        return None
    if len(view) <= _LONG:
        return _decoded(piece, Any)
    return _beginning(bytes(view[:_LONG])) if _first(view) == b'"' else None


def text(piece: Piece) -> str | None:
    """A non-empty text, or a number spelt out."""
    return fields.text(value(piece))


def told(piece: Piece) -> bool:
    """Whether the field is there at all."""
    return piece is not NOTHING and len(memoryview(piece)) > 0


def _first(view: memoryview) -> bytes:
    return bytes(view[:1])


def _decoded(piece: Piece, of: Any) -> Any:
    if not told(piece):
        return None
    try:
        return msgspec.json.decode(piece, type=of)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return fields.decode_as(bytes(piece), of)  # half of a surrogate pair, or ``Malformed`` with the reason


def _beginning(cut: bytes) -> str | None:
    """A text that was cut, without the escape or character that the cut went through."""
    for end in range(len(cut), len(cut) - _ESCAPE, -1):
        try:
            return fields.text(fields.decode(cut[:end] + b'"'))
        except Malformed:
            continue
    return None


def _each(array: memoryview) -> Iterator[memoryview]:
    at = 1
    while (found := _ELEMENT.match(array, at)) is not None:
        start, at = found.span(1)
        if array[start] in b"[{":
            at = _end(array, start)
        yield array[start:at]


def _end(array: memoryview, start: int) -> int:
    """Where the object or array that begins here ends."""
    depth = 1
    for bracket in islice(_BRACKET.finditer(array, start + 1), _BRACKETS):
        depth += 1 if array[bracket.end() - 1] in b"[{" else -1
        if depth == 0:
            return bracket.end()
    raise Malformed("too many parts", f"an element with more than {_BRACKETS:,} brackets of deeply nested values")
