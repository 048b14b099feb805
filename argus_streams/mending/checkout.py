"""What repairs would change in a checkout: files are looked for as reports name them, and never outside of it."""

import os
from collections.abc import Iterator, Sequence
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
    told, done, left, absent = [], list[HealingDecision](), list[tuple[HealingDecision, Left]](), []
    by_file: dict[str, dict[Edit, HealingDecision]] = {}
    for each in decisions:
        by_file.setdefault(each.file or "", {})[Edit(each.line, each.locator, each.healed or "")] = each
    for name, edits in sorted(by_file.items()):
        path = _found(folder, name)
        before = None if path is None else _text(path)
        if path is None or before is None:
            absent.append(name or "a test without a file")
            continue
        found = patched(before, list(edits))
        told.append(diff(path.relative_to(folder).as_posix(), before, found.text))
        done += [edits[each] for each in found.done]
        left += [(edits[each.edit], each) for each in found.left]
    return Diffed("".join(told), done, left, absent)


def _found(folder: Path, name: str) -> Path | None:
    """The one file of the checkout whose path ends as this one does, as far as both reach."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in {"/", ".", ".."}]
    for start in range(len(parts)):
        path = folder.joinpath(*parts[start:])
        if _is_ours(path, folder):
            return path
    ending = parts[-1:] if name.startswith("/") else parts  # a runner's own folder is not the checkout's
    same = [path for path in _files(folder) if list(path.parts[-len(ending) :]) == ending] if ending else []
    return same[0] if len(same) == 1 and _is_ours(same[0], folder) else None


def _is_ours(path: Path, folder: Path) -> bool:
    """Whether it is a file of the checkout, not one that a link leads to elsewhere."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def _files(folder: Path) -> Iterator[Path]:
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each not in _NOT_OURS and not each.startswith(".")]
        for name in names:
            count += 1
            if count > FILES:
                return
            yield Path(place, name)


def _text(path: Path) -> str | None:
    if path.stat().st_size > FILE_BYTES:
        return None
    try:
        return path.read_bytes().decode("utf-8")  # ends of lines stay as they are
    except (UnicodeDecodeError, OSError):
        return None
