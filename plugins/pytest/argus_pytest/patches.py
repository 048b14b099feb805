"""The lines that repairs would change, as a unified diff that ``git apply`` and ``patch`` take."""

import difflib
import itertools
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from argus_pytest.chains import Chain, canonical, read, text_of, written

_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|[\w.]+|\S")


class Edit(NamedTuple):
    """A locator that stands on a line, and what is to stand there."""

    file: str  # relative to the root of the tests
    line: int  # from 1
    locator: str
    healed: str


class Patch(NamedTuple):
    """A unified diff, and the edits that are not in it, as their line does not hold the locator."""

    diff: str
    left: tuple[Edit, ...]


def patch(edits: Iterable[Edit], lines_of: Callable[[str], list[str]]) -> Patch:
    """What the edits change; ``lines_of`` gives a file's lines with their ends, none where there is no such file."""
    diffs: list[str] = []
    left: list[Edit] = []
    by_file: dict[str, list[Edit]] = {}
    for edit in sorted(set(edits)):
        by_file.setdefault(edit.file, []).append(edit)
    for file, wanted in by_file.items():
        before = lines_of(file)
        after = list(before)
        for edit in wanted:
            line = edited(after[edit.line - 1], edit) if 0 < edit.line <= len(after) else None
            if line is None:
                left.append(edit)
            else:
                after[edit.line - 1] = line
        diffs += difflib.unified_diff(before, after, f"a/{file}", f"b/{file}")
    ended = [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in diffs]
    return Patch("".join(ended), tuple(left))


def edited(line: str, edit: Edit) -> str | None:
    """The line with the healed locator; ``None`` where it does not hold the broken one exactly once."""
    try:
        old, new = read(edit.locator), read(edit.healed)
    except ValueError:
        return None
    for shared in range(_shared(old, new) + 1):
        found = list(_pattern(written(old[shared:], "")).finditer(line))
        if len(found) == 1:
            return _replaced(line, found[0], partial(written, new[shared:], ""))
    return _with_selector(line, _selector(old), _selector(new))


def _with_selector(line: str, old: str | None, new: str | None) -> str | None:
    """A selector alone, as in ``page.click("#save")``, for another one."""
    if old is None or new is None:
        return None
    found = list(_pattern(text_of(old)).finditer(line))
    return _replaced(line, found[0], partial(text_of, new)) if len(found) == 1 else None


def _selector(chain: Chain) -> str | None:
    """The selector that is the whole locator."""
    call = chain[0]
    arguments = call.arguments or ()
    alone = len(chain) == len(arguments) == 1 and call.name == "locator" and not call.options
    return arguments[0] if alone and isinstance(arguments[0], str) else None


def _shared(old: Chain, new: Chain) -> int:
    """How many calls both begin with; one of each is left."""
    pairs = zip(canonical(old)[:-1], canonical(new)[:-1], strict=False)
    return len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _replaced(line: str, found: re.Match[str], write: Callable[[str], str]) -> str:
    single = "'" in found[0] and '"' not in found[0]
    return line[: found.start()] + write("'" if single else '"') + line[found.end() :]


def _pattern(text: str) -> re.Pattern[str]:
    """The text however it is spaced and quoted, as a whole."""
    parts = [_loose(part) for part in _TOKEN.findall(text)]
    return re.compile(r"(?<!\w)" + r"\s*".join(parts))


def _loose(part: str) -> str:
    if not part.startswith('"'):
        return r",?\s*\)" if part == ")" else re.escape(part)
    double, single = re.escape(part), re.escape(part[1:-1].replace('\\"', '"').replace("'", "\\'"))
    return f"(?:{double}|'{single}')"
