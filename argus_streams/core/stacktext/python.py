"""Python tracebacks, chained and grouped: causes stand first, outermost call first, as we keep them."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, MAX_FRAMES, headline, package, without
from argus_streams.core.stacktext.tree import MAX_DEPTH, Block, Node, listed, members, own

MARK = re.compile(r"[\s+|]*(?:Exception Group )?Traceback \(most recent call last\):|\s*File \"[^\"]+\", line \d+, in ")

_HEADER = "Traceback (most recent call last):"
_FRAME = re.compile(r"\s*File \"([^\"]*)\", line (\d+)(?:, in (.+))?")
_GUTTER = re.compile(r" *[+|] ?(?=[\s\w+|-]|$)")  # of exception groups: "  | Traceback", "  | ValueError"
_RULE = re.compile(r" *(\+-)?\+-+(?: (\d+|\.\.\.) -+)?$")  # "  +-+---- 1 ----", "    +---- 2 ----", "    +------"
_MARKERS = re.compile(r"\s*[~^]+$|\s*\[Previous line repeated ")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """Each traceback of the text; an exception group stands after its members, as their parent."""
    return listed(_chain(_blocks(lines) if _grouped(lines) else list(lines)))


def _grouped(lines: Sequence[str]) -> bool:
    return any("Exception Group Traceback" in line for line in lines)


def _blocks(lines: Sequence[str]) -> Block:
    """The text without its gutters, each member of a group as a block where it stands."""
    top: Block = []
    opened = [top]
    for line in lines:
        rule = _RULE.match(line)
        if rule is None:
            opened[-1].append(without(_GUTTER, line))
            continue
        if not rule[1] and len(opened) > 1:
            opened.pop()
        if rule[2] and len(opened) <= MAX_DEPTH:
            member: Block = []
            if rule[2] != "...":  # "and 12 more exceptions"
                opened[-1].append(member)
            opened.append(member)
    return top


def _chain(block: Block) -> Node | None:
    """The exception that a block raised last, with those before it as its causes."""
    found: Node | None = None
    for before, section in _sections(block):
        lines = own(section)
        told = _exception(lines, before)
        if any(map(_FRAME.match, lines)) or (told.type and len(section) == len(block)):
            inner = tuple(node for node in map(_chain, members(section)[:MAX_EXCEPTIONS]) if node)
            found = Node(told, found, inner)
    return found


def _sections(block: Block) -> list[tuple[str, Block]]:
    """The block cut before each traceback, with the line before it; at most the last 32."""
    starts = [0, *(at for at, item in enumerate(block) if at and isinstance(item, str) and _HEADER in item)]
    cut = [block[start:end] for start, end in zip(starts, [*starts[1:], len(block)], strict=True)]
    spoken = ["", *(next((line for line in reversed(own(part)) if line), "") for part in cut)]
    return list(zip(spoken, cut, strict=False))[-MAX_EXCEPTIONS:]


def _exception(section: Sequence[str], before: str) -> ExceptionInfo:
    """What a traceback tells; AWS Lambda writes the type and message before it."""
    frames = tuple(_frames(section))
    kind, value = headline("\n".join(_raised(section)) or (before if frames else ""))
    module, name = package(kind)
    return ExceptionInfo(type=name, value=value, module=module, frames=frames[-MAX_FRAMES:])


def _frames(section: Sequence[str]) -> Iterator[Frame]:
    """A frame for each "File" line, with the source line that stands indented under it."""
    for line, after in zip(section, [*section[1:], ""], strict=False):
        found = _FRAME.match(line)
        if found is not None:
            source = after.startswith("    ") and not _FRAME.match(after) and not _MARKERS.match(after)
            yield Frame(found[3], None, found[1], int(found[2][:9]), context=after.strip() if source else None)


def _raised(section: Sequence[str]) -> Iterator[str]:
    """The lines that tell what was raised: from the first one after the frames that is not indented to a blank one."""
    last = max((index for index, line in enumerate(section) if _FRAME.match(line)), default=-1)
    margin = len(section[last]) - len(section[last].lstrip()) if last >= 0 else 1
    after = section[last + 1 :]
    start = next((i for i, line in enumerate(after) if line and len(line) - len(line.lstrip()) < margin), len(after))
    return takewhile(bool, after[start:])
