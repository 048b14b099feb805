"""Samples and what can become of them: every place of a body found once, so that an edit of it is a cut of bytes."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from law import MARK, SAMPLES

T = TypeVar("T")

_TOKEN = re.compile(rb"\w+|\s+|[^\w\s]")
_LONG = 1_000_000

# One of each JSON type, and what types alone do not say: emptiness, sizes, signs, half a surrogate pair, NUL, dates.
VALUES = tuple(
    each.encode()
    for each in (
        *("null", "true", "false", "0", "-1", "1e300", "1e999", str(2**70), "4102444800000", '""', "[]", "{}"),
        *(f'"{MARK}"', f'"{MARK}\\u0000\\ud83d"', f'["{MARK}"]', f'{{"{MARK}":"{MARK}"}}', f'[{{"{MARK}":[null]}}]'),
        *('"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59-14:00"', f'[["{MARK}",1]]', '"{{ default }}"', "-0.5"),
    )
)
TYPES = tuple(
    each.encode() for each in ("null", "true", "-1", f'"{MARK}\\u0000\\ud83d"', "[]", f'[{{"{MARK}":0}}]', "{}")
)
# JSON has none of these: each has to be a letter.
NO_JSON = (b"NaN", b"-Infinity", b"'x'", b"undefined", b"01", b"\xff\xfe", b"\x00", b'"\x00"', b"// x\n1")


class Place(NamedTuple):
    """Where a value stands in a body; ``entry`` is where its key does, of a value without one the value's own start."""

    entry: int
    start: int
    end: int
    path: tuple[str, ...]  # places of lists are all "*"
    kind: str  # "object", "array", "string", "other", or "token" of a body that is no JSON


class Sample(NamedTuple):
    """A case of a source, as bytes, with the place of every value in it."""

    source: str
    case: str
    headers: dict[str, str]
    value: bytes
    places: tuple[Place, ...]


@cache
def samples(source: str) -> tuple[Sample, ...]:
    cases = json.loads((SAMPLES / f"{source}.json").read_text("utf-8"))
    return tuple(_sample(source, case) for case in cases)


def distinct(of: tuple[Sample, ...]) -> Iterator[tuple[Sample, Place]]:
    """A place of each path that the samples of a source have, the first time that it stands in one of its lists."""
    met: set[Any] = set()
    for sample in of:
        for place in sample.places:
            told = sample.value[place.start : place.end] if place.kind == "token" else b""
            if (place.path, place.kind, told) not in met:
                met.add((place.path, place.kind, told))
                yield sample, place


def some(of: Iterable[T], most: int) -> Sequence[T]:
    """At most so many of them, from all over."""
    everything = list(of)
    return everything[:: -(-len(everything) // most) or 1]


def _sample(source: str, case: dict[str, Any]) -> Sample:
    told, headers = case["body"], case.get("headers", {})
    if isinstance(told, str):
        value = told.encode()
        return Sample(source, case["case"], headers, value, tuple(_text_places(value)))
    return Sample(source, case["case"], headers, *written(told))


def written(told: Any) -> tuple[bytes, tuple[Place, ...]]:
    """A value as JSON, and where each value in it stands."""
    out, places = bytearray(), list[Place]()
    _write(told, (), out, places)
    return bytes(out), tuple(places)


def _text_places(value: bytes) -> Iterator[Place]:
    """Of a body that is text: the values of its lines that are JSON, and the words and signs of the others."""
    at = 0
    for number, line in enumerate(value.splitlines(keepends=True)):
        try:
            told = json.loads(line)
        except ValueError:
            yield from (
                Place(at + each.start(), *(at + end for end in each.span()), (), "token")
                for each in _TOKEN.finditer(line)
            )
        else:
            yield from _line_places(told, line, at, str(number))
        at += len(line)


def _line_places(told: Any, line: bytes, at: int, number: str) -> Iterator[Place]:
    """The values of a line of JSON, if it is written as compactly as here; else its words and signs."""
    out, places = bytearray(), list[Place]()
    _write(told, (number,), out, places)
    if bytes(out) == line.strip():
        yield from (Place(at + p.entry, at + p.start, at + p.end, p.path, p.kind) for p in places)
    else:
        yield from (
            Place(at + each.start(), *(at + end for end in each.span()), (), "token") for each in _TOKEN.finditer(line)
        )


def _write(told: Any, path: tuple[str, ...], out: bytearray, places: list[Place], entry: int | None = None) -> None:
    """Append the JSON of a value, and the places of all values in it."""
    start = len(out)
    if isinstance(told, dict):
        out += b"{"
        for number, (key, value) in enumerate(told.items()):
            out += b"," if number else b""
            at = len(out)
            out += json.dumps(key).encode() + b":"
            _write(value, (*path, key), out, places, at)
        out += b"}"
    elif isinstance(told, list):
        out += b"["
        for number, value in enumerate(told):
            out += b"," if number else b""
            _write(value, (*path, "*"), out, places)
        out += b"]"
    else:
        out += json.dumps(told).encode()
    kind = {dict: "object", list: "array", str: "string"}.get(type(told), "other")
    places.append(Place(start if entry is None else entry, start, len(out), path, kind))


def replaced(value: bytes, place: Place, other: bytes) -> bytes:
    return value[: place.start] + other + value[place.end :]


def missing(value: bytes, place: Place) -> bytes:
    """Without the value, its key and a comma."""
    before, after = value[: place.entry], value[place.end :]
    if after.startswith(b","):
        return before + after[1:]
    return before.removesuffix(b",") + after


def doubled(value: bytes, place: Place, other: bytes) -> bytes:
    """With its key twice, the other value first; of a list's value, the other one before it."""
    comma = b"" if place.kind == "token" else b","
    return value[: place.start] + other + comma + value[place.entry :]


def truncated(value: bytes, step: int) -> Iterator[bytes]:
    """Cut after every ``step`` bytes."""
    return (value[:end] for end in range(0, len(value), step))


def long_string(place: Place, unit: bytes = b"x", size: int = _LONG) -> bytes:
    """What a place holds when it holds this over and over; the unit is as JSON writes it."""
    text = unit * (size // len(unit))
    return text if place.kind == "token" else b'"' + text + b'"'
