"""Files that people write: YAML read as a type of ours, a mistake told with its line."""

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from argus_streams.adapters.yaml_hints import hint
from argus_streams.core.intake import SLUG
from argus_streams.errors import Misconfigured

T = TypeVar("T")

_SOME = "..."
_UNKNOWN = re.compile("unknown field `(.+)`")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")  # of msgspec's paths: `$.rules[2].window`, `$[...]` = some value


def read(file: Path, shape: type[T], variable: str) -> T:
    """The file as ``shape``. Raises ``Misconfigured`` that names the variable, the file, the line and the mistake."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{variable}: {file}: {getattr(error, 'strerror', None) or error}") from error
    written: Any = None
    try:
        written = yaml.safe_load(text)
        return msgspec.convert(written, shape)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise Misconfigured(f"{variable}: {file}: {line}{error.problem or error.context}") from error
    except msgspec.ValidationError as error:
        what, steps = _mistake(error)
        way = _named(written, shape, steps)
        raise Misconfigured(
            f"{variable}: {file}: line {_stands_at(text, way)}: {what}{hint(shape, way, what)}"
        ) from error
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise Misconfigured(f"{variable}: {file}: {error}") from error


def line_of(file: Path, *path: str | int) -> int:
    """The line at which a key or an item of the file stands, for mistakes that no type can see."""
    return _stands_at(file.read_text(encoding="utf-8"), path)


def require_slugs(file: Path, projects: Iterable[str], variable: str) -> None:
    """Raise ``Misconfigured`` with the line of the first key of ``projects`` that can be no project."""
    for project in projects:
        if not SLUG.match(project):
            line = line_of(file, "projects", project)
            raise Misconfigured(f"{variable}: {file}: line {line}: {project!r} is no project: 1 to 64 of a-z, 0-9, -")


def _mistake(error: msgspec.ValidationError) -> tuple[str, list[str | int]]:
    """What is wrong, and the way to it."""
    what, _, path = str(error).partition(" - at `")
    found = _STEP.findall(path.rstrip("`"))
    steps = [name or (int(index) if index.isdigit() else index) for name, index in found]
    unknown = _UNKNOWN.search(what)  # stands inside the object that the path ends at
    return what, [*steps, unknown[1]] if unknown else steps


def _named(written: Any, shape: type[Any], steps: list[str | int]) -> list[str | int]:
    """The way with the keys of mappings, which are not told: it is the one whose value alone is as wrong."""
    if _SOME not in steps:
        return steps
    way = steps[: steps.index(_SOME)]
    for key in reduce(getitem, way, written):
        alone = _only(written, way, key)
        try:
            msgspec.convert(alone, shape)
        except msgspec.ValidationError as error:
            found = _mistake(error)[1]
            if _leads_through(found, way):
                return _named(alone, shape, [*way, key, *found[len(way) + 1 :]])
    return steps


def _leads_through(steps: Sequence[str | int], way: Sequence[str | int]) -> bool:
    """Whether a mistake lies on the way, whose keys may be untold."""
    return len(steps) > len(way) and all(step in (_SOME, each) for step, each in zip(steps, way, strict=False))


def _only(written: Any, way: Sequence[str | int], key: str) -> Any:
    """The same, but of the mapping that the way leads to this key alone."""
    if not way:
        return {key: written[key]}
    copied: Any = list(written) if isinstance(written, list) else dict(written)
    copied[way[0]] = _only(written[way[0]], way[1:], key)
    return copied


def _stands_at(text: str, path: Sequence[str | int]) -> int:
    """The line of the deepest place on the path that there is, from 1."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    found = node
    for step in path:
        if isinstance(found, yaml.MappingNode):
            inner = [(key, value) for key, value in found.value if key.value == step]
        elif isinstance(found, yaml.SequenceNode) and isinstance(step, int) and step < len(found.value):
            inner = [(found.value[step], found.value[step])]
        else:
            inner = []
        if not inner:
            break
        node, found = inner[0]
    return 1 if node is None else int(node.start_mark.line) + 1
