"""Files that people write: YAML read as a type of ours, a mistake told with its line."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from argus_streams.errors import Misconfigured

T = TypeVar("T")

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")  # of msgspec's paths: `$.rules[2].window`, `$[...]` = some value


def read(file: Path, shape: type[T], variable: str) -> T:
    """The file as ``shape``. Raises ``Misconfigured`` that names the variable, the file, the line and the mistake."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{variable}: {file}: {getattr(error, 'strerror', None) or error}") from error
    try:
        return msgspec.convert(yaml.safe_load(text), shape)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        raise Misconfigured(f"{variable}: {file}: {line}{error.problem or error.context}") from error
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `")
        raise Misconfigured(f"{variable}: {file}: line {_line(text, path.rstrip('`'))}: {what}") from error
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise Misconfigured(f"{variable}: {file}: {error}") from error


def line_of(file: Path, *path: str | int) -> int:
    """The line at which a key or an item of the file stands, for mistakes that no type can see."""
    return _stands_at(file.read_text(encoding="utf-8"), path)


def _line(text: str, path: str) -> int:
    steps = [name or (int(index) if index.isdigit() else index) for name, index in _STEP.findall(path)]
    return _stands_at(text, steps)


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
