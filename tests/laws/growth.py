"""Bodies that grow, each in one way, and what reading them costs in CPU time."""

import json
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from bodies import Place, Sample, distinct, long_string, replaced
from law import NORMS, arrived

from argus_streams.core.normalization import read

# What patterns stumble over when it stands there ten thousand times, as JSON writes it.
UNITS = (
    *(
        "x",
        "A",
        " ",
        ".",
        "1",
        "0",
        "-",
        "_",
        "/",
        ":",
        ";",
        ",",
        "=",
        "@",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "<",
        ">",
        "|",
    ),
    *("*", "#", "&", "%", "?", "$", "`", "'", '\\"', "\\\\", "\\n", "\\r\\n", "\\t", "\\u0000", "\\ud83d", "\\u00e9"),
    *("a.", "a:", "a ", "a@", "a=b,", "a: b\\n", "://", "::", "->", "--", "${", "{{ ", "}}", "%%%", "0x", "1.2.", "1:"),
    *(
        "[a](",
        "<a>",
        "</a>",
        "&lt;",
        "**",
        "k:v,",
        "../",
        "\\u001b[31m",
        "ab12 ",
        "1-",
        "/a",
        "a1b2c3d4-",
        "2026-11-20T",
    ),
    *(
        "at ",
        "at at ",
        "\\n  at a.b(",
        "\\n\\tat a.b.C(D.java:1)",
        "at a (b:1:2)\\n",
        "a@b/c:1:2\\n",
        "eval at ",
        "async ",
    ),
    *(
        '  File \\"',
        '\\n  File \\"a\\", line 1, in b',
        "Traceback (most recent call last):\\n",
        "\\nCaused by: ",
        "---> ",
    ),
    *(
        "#1 ",
        "#1 a(1): b\\n",
        "goroutine 1 [",
        "\\n\\ta.go:1",
        "a.rb:1:in `b'\\n",
        "stack backtrace:\\n",
        "Error: ",
        " in ",
    ),
    *("password=", "Bearer ", "4111 ", "eyJ", "-----BEGIN ", "token: ", "Exception", "block in ", "closure #1 in "),
)
_NUMBER_ENDS = re.compile(rb"(?<=\d)(?=[\",}\]])")
_DEEPEST = 400  # levels of lists and objects in turn: JSON of more than about 900 is refused


class Way(NamedTuple):
    """How a body of one source grows."""

    name: str
    sample: Sample
    body: Callable[[int], bytes]  # about so many bytes


def seconds(way: Way, size: int) -> tuple[float, int]:
    """CPU time of reading the body once, and its bytes, for not every way comes close to the size."""
    incoming = arrived(way.sample.source, way.body(size), way.sample.headers)
    start = time.process_time()
    read(incoming, NORMS)
    return time.process_time() - start, len(incoming.value)


def structures(samples: tuple[Sample, ...]) -> Iterator[Way]:
    """More of all that there is."""
    yield from items(samples)
    yield from objects(samples)


def items(samples: tuple[Sample, ...]) -> Iterator[Way]:
    """More of what there is a list of."""
    for sample in samples:
        yield Way("all lists at once", sample, partial(_all_lists, sample.value))
        if not sample.value.startswith((b"{", b"[")) or b"\n" in sample.value:
            yield from _repeated_lines(sample)
    for sample, place in distinct(samples):
        path = ".".join(place.path) or "the body"
        if place.kind == "array":
            yield Way(f"{path}: the same again", sample, partial(_repeated, sample.value, place))
            yield Way(f"{path}: others", sample, partial(_varied, sample.value, place))


def objects(samples: tuple[Sample, ...]) -> Iterator[Way]:
    """More keys, and more levels."""
    for sample, place in distinct(samples):
        path = ".".join(place.path) or "the body"
        if place.kind == "object":
            yield Way(f"{path}: unknown keys", sample, partial(_keyed, sample.value, place, b"1"))
            yield Way(f"{path}: keys of its kind", sample, partial(_keyed, sample.value, place, None))
        if place.kind in {"array", "object"} and place.path:
            yield Way(f"{path}: inside itself", sample, partial(_nested, sample.value, place))


def strings(samples: tuple[Sample, ...]) -> Iterator[Way]:
    """Every text of the samples, as each unit over and over; of those under one name one, for one reader reads them."""
    found = [(sample, place) for sample, place in distinct(samples) if place.kind in {"string", "token"}]
    names = {place.path[-2:] or sample.value[place.start : place.end]: (sample, place) for sample, place in found}
    for name, (sample, place) in names.items():
        for unit in UNITS:
            yield Way(f"{name}: {unit!r}", sample, partial(_filled, sample.value, place, unit))


def nested(sample: Sample, place: Place) -> bytes:
    """A list or an object inside itself, as deep as JSON is read."""
    return _nested(sample.value, place, len(sample.value) * _DEEPEST)


def _filled(value: bytes, place: Place, unit: str, size: int) -> bytes:
    text = unit.encode()
    if place.kind == "token":
        text = json.loads(f'"{unit}"').encode("utf-8", "replace")
    return replaced(value, place, long_string(place, text, size))


def _repeated(value: bytes, place: Place, size: int) -> bytes:
    inner = value[place.start + 1 : place.end - 1] or b"{}"
    return replaced(value, place, b"[" + b",".join([inner] * (1 + size // len(inner))) + b"]")


def _varied(value: bytes, place: Place, size: int) -> bytes:
    """Repeated, with another end of each number and each text that ends in one."""
    inner = value[place.start + 1 : place.end - 1] or b'"a0"'
    copies = [_NUMBER_ENDS.sub(b"%d" % number, inner) for number in range(1 + size // len(inner))]
    return replaced(value, place, b"[" + b",".join(copies) + b"]")


def _keyed(value: bytes, place: Place, told: bytes | None, size: int) -> bytes:
    """With many more keys, of a fixed value or of the one that its first key has."""
    inner = value[place.start + 1 : place.end - 1]
    if told is None:
        first = json.loads(b"{" + inner + b"}") or {"": None}
        told = json.dumps(next(iter(first.values()))).encode()
    entries = [b'"k%d":%b' % (number, told) for number in range(1 + size // (len(told) + 8))]
    return replaced(value, place, b"{" + b",".join([inner, *entries] if inner else entries) + b"}")


def _nested(value: bytes, place: Place, size: int) -> bytes:
    key = json.dumps(next(part for part in reversed(place.path) if part != "*") if set(place.path) != {"*"} else "a")
    told = value[place.start : place.end]
    objects = json.loads(told)
    if isinstance(objects, list):
        inside = next((each for each in objects if isinstance(each, dict)), {})
        opening, closing = f"[{{{key}:", f"{_rest(inside)}}}]"
    else:
        opening, closing = f"{{{key}:", f"{_rest(objects)}}}"
    depth = min(_DEEPEST, 1 + size // (len(opening) + len(closing)))
    return replaced(value, place, opening.encode() * depth + told + closing.encode() * depth)


def _rest(told: dict[str, Any]) -> str:
    """An object's entries, to follow another."""
    return "," + json.dumps(told, separators=(",", ":"))[1:-1] if told else ""


def _all_lists(value: bytes, size: int) -> bytes:
    """Each list longer, those inside of lists too."""
    try:
        told = json.loads(value)
    except ValueError:
        return value * (1 + size // len(value))
    times, body = 1, value
    while len(body) < size and times < size:
        times *= 2
        longer = json.dumps(_multiplied(told, times)).encode()
        if len(longer) > 4 * size or len(longer) <= len(body):
            return body
        body = longer
    return body


def _multiplied(told: Any, times: int) -> Any:
    if isinstance(told, dict):
        return {key: _multiplied(each, times) for key, each in told.items()}
    return [_multiplied(each, times) for each in told] * times if isinstance(told, list) else told


def _repeated_lines(sample: Sample) -> Iterator[Way]:
    """Of a text each line, up to four together, and all from each line on."""
    lines = sample.value.splitlines(keepends=True)
    for start in range(len(lines)):
        for end in {*range(start + 1, min(start + 5, len(lines) + 1)), len(lines)}:
            yield Way(f"lines {start} to {end}", sample, partial(_again, lines, start, end))


def _again(lines: list[bytes], start: int, end: int, size: int) -> bytes:
    part = b"".join(lines[start:end])
    part = part if part.endswith(b"\n") else part + b"\n"
    return b"".join(lines[:start]) + part * (1 + size // len(part)) + b"".join(lines[end:])
