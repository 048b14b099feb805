"""Python tracebacks, chained and grouped: causes stand first, outermost call first, as we keep them."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

import msgspec

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, MAX_FRAMES, headline, package, sections, without

MARK = re.compile(r"[\s+|]*(?:Exception Group )?Traceback \(most recent call last\):|\s*File \"[^\"]+\", line \d+, in ")

_HEADER = re.compile(r"\s*(?:Exception Group )?Traceback \(most recent call last\):")
_FRAME = re.compile(r"\s*File \"([^\"]*)\", line (\d+)(?:, in (.+))?")
_GUTTER = re.compile(r" *[+|] ?(?=\s|[A-Z+|-]|$)")  # of exception groups: "  | Traceback", "  +-+---- 1 ----"
_RULE = re.compile(r"[+-]+ \d+ -+$|[+-]+$")
_MARKERS = re.compile(r"\s*[~^]+$|\s*\[Previous line repeated ")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """Each traceback of the text; an exception group stands after its members, as their parent."""
    plain = [without(_GUTTER, line) for line in lines] if _grouped(lines) else lines
    cut = [section for section in sections(plain, _HEADER.match) if any(map(_FRAME.match, section))]
    found = [_exception(section) for section in cut[:MAX_EXCEPTIONS]]
    group = next((index for index, section in enumerate(cut) if "Exception Group" in section[0]), None)
    if group is None or group >= len(found):
        return tuple(found)
    members = (msgspec.structs.replace(one, id=n, parent_id=0) for n, one in enumerate(found[group + 1 :], 1))
    return (*found[:group], *members, msgspec.structs.replace(found[group], id=0, is_group=True))


def _grouped(lines: Sequence[str]) -> bool:
    return any("Exception Group Traceback" in line for line in lines)


def _exception(section: Sequence[str]) -> ExceptionInfo:
    frames = tuple(_frames(section))
    kind, value = headline("\n".join(_raised(section)))
    module, name = package(kind)
    return ExceptionInfo(type=name, value=value, module=module, frames=frames[-MAX_FRAMES:])


def _frames(section: Sequence[str]) -> Iterator[Frame]:
    """A frame for each "File" line, with the source line that stands indented under it."""
    for line, after in zip(section, [*section[1:], ""], strict=True):
        found = _FRAME.match(line)
        if found is not None:
            source = after.startswith("    ") and not _FRAME.match(after) and not _MARKERS.match(after)
            yield Frame(found[3], None, found[1], int(found[2][:9]), context=after.strip() if source else None)


def _raised(section: Sequence[str]) -> Iterator[str]:
    """The lines that tell what was raised: from the first one after the frames that is not indented to a blank one."""
    last = max(index for index, line in enumerate(section) if _FRAME.match(line))
    margin = len(section[last]) - len(section[last].lstrip())
    after = section[last + 1 :]
    start = next((i for i, line in enumerate(after) if line and len(line) - len(line.lstrip()) < margin), len(after))
    return takewhile(lambda line: line and not _RULE.match(line), after[start:])
