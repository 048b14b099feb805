"""JavaScript stacks: V8's "at f (a:1:2)", Firefox's, Safari's "f@a:1:2", TraceKit's "at f @ a:1:2". Crash first."""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, headed, headline, sections, told, without
from argus_streams.core.stacktext.tree import MAX_DEPTH, Block, Node, listed, members, own

_PLACE = r"\((?:eval at .*|.*:(?:\d+|0x[0-9a-f]+)|<anonymous>|native(?: code)?|index \d+)\)"
MARK = re.compile(
    rf"\s*at (?:\S[^(]* {_PLACE}|(?:async )?\S+:(?:\d+|0x[0-9a-f]+)|<anonymous>)(?:,| \{{| \]|\]|\}})*$"  # V8
    r"|[^@]*@(?:(?=[^\s/]*/)\S+:\d+|[\w.-]*\bbundle:\d+:\d+|\[native code\])$"  # Firefox, Safari
    r"|\s*[\w$.<>]*@\d+:\d+$"  # JavaScriptCore, of a bundle without a name
    r"|\s*at [^@]* @ \S+$"  # TraceKit, of which Datadog's SDK is made
)

_CAUSE = re.compile(r"\s*(?:\[cause\]|[Cc]aused by): ")
_ERRORS = re.compile(r"\s*\[errors\]: \[$")
_BUILT_IN = frozenset({"<anonymous>", "native", "[native code]"})  # places of the engine's own functions
_POSITION = re.compile(r":(\d{1,9})$")
_EXCERPT = re.compile(r".*\n *\^+\n\n", re.DOTALL)  # Node shows the source line before the error


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The error, its causes, which stand after it, and the errors that an AggregateError is made of."""
    return listed(_chain(_blocks(lines)))


def _blocks(lines: Sequence[str]) -> Block:
    """The text, each error in "[errors]: [ … ]" as a block where it stands: Node tells them by indentation."""
    current: Block = []
    top = current
    opened: list[tuple[int, Block]] = []
    for line in lines:
        start = line.lstrip()
        indent = len(line) - len(start)
        if _ERRORS.match(line):
            if len(opened) < MAX_DEPTH:
                opened.append((indent, current))
            continue
        while opened and start and indent <= opened[-1][0]:
            current = opened.pop()[1]
        if opened and indent == opened[-1][0] + 2 and not start.startswith(("}", "]")):
            current = []
            opened[-1][1].append(current)
        current.append(line)
    return top


def _chain(block: Block) -> Node | None:
    inside = tuple(node for node in map(_chain, members(block)[:MAX_EXCEPTIONS]) if node)
    found: Node | None = None
    for section in reversed(list(sections(own(block), _CAUSE.match))[:MAX_EXCEPTIONS]):
        found = Node(_exception(section), found)
    return Node(found.exception, found.cause, inside) if found else None


def _exception(section: Sequence[str]) -> ExceptionInfo:
    head, frames = headed(section, _frame)
    head = head if frames else "\n".join(section[:1]).rstrip("],{} ")
    kind, value = headline(without(_EXCERPT, without(_CAUSE, head)))
    return told(kind, value, frames)


def _frame(line: str) -> Frame | None:
    if MARK.match(line) is None:
        return None
    call = line.strip()
    if not call.startswith("at "):
        function, _, place = call.partition("@")
        return _placed(function, place)
    call = call[3:].rstrip("{}], ").removeprefix("async ")
    if " @ " in call:
        function, _, place = call.partition(" @ ")
        return _placed(function.partition("(")[0], place)
    function, opened, place = call.partition(" (")
    return _placed(function, place.removesuffix(")")) if opened else _placed("", call.strip("()"))


def _placed(function: str, place: str) -> Frame:
    """A frame of a name and "file:line:column", any part of which may lack."""
    numbers: list[int] = []
    while len(numbers) < 2 and (found := _POSITION.search(place)):  # noqa: PLR2004 - line and column
        numbers.insert(0, int(found[1]))
        place = place[: found.start()]
    if place.startswith("eval at "):
        place = "<anonymous>"
    place = place.removeprefix("address at ")  # Hermes, of bytecode
    if place.isdecimal():  # "value@1:234"
        numbers, place = [int(place[:9]), *numbers], ""
    line, column = (*numbers, None, None)[:2]
    file = place if numbers or place in _BUILT_IN else ""
    return Frame(function.partition(" [as ")[0] or None, None, file or None, line, column)
