"""What repairs would change in a checkout: files are looked for as reports name them, and never outside of it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from argus_streams.core.healing.patch import Edit, Left, diff, patched
from argus_streams.core.repairs import HealingDecision

FILE_BYTES = 4_000_000  # of a test's file
FILES = 200_000  # of a checkout that are looked through
_NOT_OURS = frozenset({"node_modules", "vendor", "dist", "build", "__pycache__"})


class Diffed(NamedTuple):
    """What would be changed."""

    diff: str
    done: Sequence[HealingDecision]
    left: Sequence[tuple[HealingDecision, Left]]
    absent: Sequence[str]  # files that the checkout does not have, has several of, or whose text can not be read


def diffed(folder: Path, decisions: Sequence[HealingDecision]) -> Diffed:
    """The diff that writes the healed locators of these decisions down."""
    told, absent = list[str](), list[str]()
    done, left = list[HealingDecision](), list[tuple[HealingDecision, Left]]()
    for path, named in _by_file(folder, decisions):
        before = None if path is None else _text(path)
        if path is None or before is None:
            absent += dict.fromkeys(each.file or "a test without a file" for each in named)
            continue
        edits = {Edit(each.line, each.locator, each.healed or ""): each for each in named}
        found = patched(before, list(edits))
        told.append(diff(path.relative_to(folder).as_posix(), before, found.text))
        done += [edits[each] for each in found.done]
        left += [(edits[each.edit], each) for each in found.left]
    return Diffed("".join(told), done, left, absent)


def _by_file(
    folder: Path, decisions: Sequence[HealingDecision]
) -> Iterator[tuple[Path | None, Sequence[HealingDecision]]]:
    """The decisions on each file, under whatever names reports tell of it: two diffs of one file would not fit."""
    files = _files(folder)
    places = {name: _found(folder, files, name) for name in sorted({each.file or "" for each in decisions})}
    by_path: dict[Path | None, list[HealingDecision]] = {path: [] for path in places.values()}
    for each in decisions:
        by_path[places[each.file or ""]].append(each)
    yield from by_path.items()


def _found(folder: Path, files: Mapping[str, Sequence[Path]], name: str) -> Path | None:
    """The one file of the checkout whose path ends as this one does, as far as both reach."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in {"/", ".", ".."}]
    for start in range(len(parts)):
        path = folder.joinpath(*parts[start:])
        if _is_ours(path, folder):
            return path
    ending = parts[-1:] if name.startswith("/") else parts  # a runner's own folder is not the checkout's
    named = files.get(ending[-1], ()) if ending else ()
    same = [path for path in named if list(path.parts[-len(ending) :]) == ending]
    return same[0] if len(same) == 1 and _is_ours(same[0], folder) else None


def _is_ours(path: Path, folder: Path) -> bool:
    """Whether it is a file of the checkout of which a diff can tell, and no link leads to it.

    ``git`` refuses a whole diff for one name that it can not take.
    """
    place = path.relative_to(folder)
    try:
        plain = place.as_posix().isprintable() and ".git" not in place.parts
        return plain and path.is_file() and path.resolve() == folder.resolve() / place
    except OSError:  # a name that is too long
        return False


def _files(folder: Path) -> Mapping[str, Sequence[Path]]:
    """The files of the checkout by their names."""
    found: dict[str, list[Path]] = {}
    for path in islice(_walked(folder), FILES):
        found.setdefault(path.name, []).append(path)
    return found


def _walked(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each not in _NOT_OURS and not each.startswith(".")]
        yield from (Path(place, name) for name in names)


def _text(path: Path) -> str | None:
    if path.stat().st_size > FILE_BYTES:
        return None
    try:
        return path.read_bytes().decode("utf-8")  # ends of lines stay as they are
    except (UnicodeDecodeError, OSError):
        return None
