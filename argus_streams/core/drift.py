"""Fields that a sender is not known to send, by their paths: a vendor's change shows before anyone misses something.

A path is ``alerts[].labels.region``: ``[]`` stands for the elements of a list, ``x.*`` for anything below ``x``. A key
that is no plain word is written as JSON: ``attributes."http.route"``.
"""

import json
import re
from collections import deque
from collections.abc import Container, Iterable, Iterator
from typing import TypeAlias

from argus_streams.core import clip, fields
from argus_streams.errors import Malformed

Tree: TypeAlias = dict[str, "Tree"]  # what is known, by the parts of the paths
_Place: TypeAlias = "tuple[_Place, str] | None"  # of a value: where its holder is, and its part of the path

PATHS = 20  # told of one body
NODES = 2_000  # looked at in one body
DEPTH = 8  # objects inside objects: a span's event tells its attributes in the seventh
LENGTH = 120  # characters of a path
ONE_IN = 64  # bodies
LINES = 32  # of a body of several documents
_LIST, _ANYTHING = "[]", "*"
_PLAIN = re.compile(r"[\w$@:/-]+")
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|\[\]|[^.\[\]"]+')
_GOLDEN = 2_654_435_761  # 2^32 over the golden ratio (Knuth): spreads any steps of offsets evenly over 32 bits


def sampled(offset: int) -> bool:
    """Whether the body at this offset is one of the sample, one in 64 whatever offsets a producer's records have.

    Not every 64th: where each transaction holds one record, all records are at even offsets or all at odd ones.
    """
    return (offset * _GOLDEN & 0xFFFFFFFF) < 2**32 // ONE_IN


def known(paths: Iterable[str]) -> Tree:
    """The fields of these paths."""
    tree: Tree = {}
    for path in paths:
        node = tree
        for part in _parts(path):
            node = node.setdefault(part, {})
    return tree


def unknown(decoded: object, tree: Tree) -> tuple[str, ...]:
    """The paths of a body's fields that are not in the tree, at most 20; of an unknown object only its own.

    The outer levels go first, and the work is bounded: what is not reached is not told.
    """
    found: dict[str, None] = {}
    waiting: deque[tuple[object, Tree, _Place, int]] = deque()
    if _ANYTHING not in tree:
        waiting.append((decoded, tree, None, 1))
    left = NODES
    while waiting:
        value, known_here, place, depth = waiting.popleft()
        for key, inner in _entries(value):
            left -= 1
            if left < 0 or len(found) == PATHS:
                return tuple(found)
            below = known_here.get(key)
            if below is None:
                found[clip.clean(_path((place, key)), LENGTH)] = None
            elif isinstance(inner, dict | list) and depth <= DEPTH and _ANYTHING not in below:
                waiting.append((inner, below, (place, key), depth + (key is not _LIST)))
    return tuple(found)


def documents(value: bytes) -> list[object]:
    """The JSON in a body: one document, or one a line, as in Sentry's envelopes, of which the first 32; else none."""
    found = list(_documents([value]))
    return found or list(_documents(value.split(b"\n", LINES)[:LINES]))


def _documents(texts: Iterable[bytes]) -> Iterator[object]:
    for text in texts:
        try:
            yield fields.decode(text)
        except Malformed:  # XML, a form, a packed body, an attachment
            continue


def paths(decoded: object) -> set[str]:
    """The path of each value in a body that holds no other."""
    found: set[str] = set()
    waiting: list[tuple[object, _Place]] = [(decoded, None)]
    while waiting:
        value, place = waiting.pop()
        inner = [(each, (place, key)) for key, each in _entries(value)]
        waiting += inner
        if place is not None and not inner:
            found.add(_path(place))
    return found


def opened(path: str, names: Container[str]) -> str:
    """The path up to the first part of one of these names, anything below which is then known; else itself."""
    for part in _PART.finditer(path):
        if part[0] in names:
            return f"{path[: part.end()]}.{_ANYTHING}"
    return path


def closed(told: Iterable[str]) -> list[str]:
    """The paths in order, each once, without those below one that is open to anything."""
    every = set(told)
    tree = known(path for path in every if path.endswith(_ANYTHING))
    return sorted(path for path in every if not _covered(path, tree))


def _covered(path: str, tree: Tree) -> bool:
    for part in _parts(path):
        if _ANYTHING in tree and part != _ANYTHING:
            return True
        tree = tree.get(part, {})
    return _ANYTHING in tree


def _parts(path: str) -> Iterator[str]:
    for part in _PART.findall(path):
        yield json.loads(part) if part.startswith('"') else part


def _entries(value: object) -> Iterable[tuple[str, object]]:
    """What a value holds, each with its part of the path."""
    if isinstance(value, dict):
        return value.items()
    return _elements(value) if isinstance(value, list) else ()


def _elements(value: list[object]) -> Iterator[tuple[str, object]]:
    return ((_LIST, each) for each in value)


def _path(place: _Place) -> str:
    """A place as text."""
    text = ""
    while place is not None:
        place, key = place
        part = key if key is _LIST or _PLAIN.fullmatch(key) else json.dumps(key[:LENGTH])
        text = f"{part}{'.' if text and not text.startswith(_LIST) else ''}{text}"
    return text
