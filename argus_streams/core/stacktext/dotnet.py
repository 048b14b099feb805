"""C# and other .NET traces: the innermost exception's frames first, crash first."""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, headed, headline, sections, told, without

MARK = re.compile(r"\s*at ([^\s()]+)\.([^\s().]+|\.c?ctor)\(([^()]*)\)(?: in (.+):line (\d{1,9}))?$")

_ASYNC = re.compile(r"(.+?)[.+]<(\w+)>[a-z]__\w+$")  # "Shop.Cart.<AddAsync>d__12" + "MoveNext"
_INNER_END = "--- End of inner exception stack trace ---"
_NUMBERED = re.compile(r"\(Inner Exception #\d+\) ")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The exceptions that the head names outermost first, each with the frames up to its "End of inner"."""
    parts = [headed(part, _frame) for part in sections(lines, _ends_inner)]
    heads = [without(_NUMBERED, head) for head in parts[0][0].split("---> ")]
    found = []
    for index, head in enumerate(reversed(heads[:MAX_EXCEPTIONS])):
        kind, value = headline(head)
        found.append(told(kind, value, parts[index][1] if index < len(parts) else []))
    return tuple(found)


def _ends_inner(line: str) -> bool:
    return _INNER_END in line


def _frame(line: str) -> Frame | None:
    found = MARK.match(line)
    if found is None:
        return None
    owner, function = found[1].rstrip("."), found[2]
    machine = _ASYNC.match(owner)
    if machine is not None:
        owner, function = machine[1], machine[2]
    return Frame(function, owner, found[4], int(found[5]) if found[5] else None)
