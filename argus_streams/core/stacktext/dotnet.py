"""C# and other .NET traces, Mono's and Unity's too: the innermost exception's frames first, crash first."""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import MAX_EXCEPTIONS, headed, headline, sections, told
from argus_streams.core.stacktext.tree import MAX_DEPTH, Block, Node, listed, members, own

_CALL = r"([^\s()]+)\.([^\s().]+|\.c?ctor)"
MARK = re.compile(
    rf"\s*at {_CALL}(?:\(([^()]*)\)| \([^()]*\) \[0x[0-9a-f]+\])(?: in (.+):(?:line )?(\d{{1,9}}))?\s?(?:<---)*$"
)

_ASYNC = re.compile(r"(.+?)[.+]<(\w+)>[a-z]__\w+$")  # "Shop.Cart.<AddAsync>d__12" + "MoveNext"
_INNER_END = "--- End of inner exception stack trace ---"
_MEMBER = re.compile(r"\s*---> \(Inner Exception #\d+\) (.*)$")
_MEMBER_END = "<---"
_UNHANDLED = re.compile(r"Unhandled [Ee]xception(?:\.|:\s|$)\s*")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The exceptions that the head names outermost first, each with the frames up to its "End of inner"."""
    return listed(_chain(_blocks(lines)))


def _blocks(lines: Sequence[str]) -> Block:
    """The text, each "(Inner Exception #n) … <---" of an aggregate as a block where it stands."""
    top: Block = []
    opened = [top]
    for line in lines:
        member = _MEMBER.match(line)
        if member is not None and len(opened) <= MAX_DEPTH:
            inner: Block = []
            opened[-1].append(inner)
            opened.append(inner)
        opened[-1].append((member[1] if member else line).removesuffix(_MEMBER_END))
        if line.endswith(_MEMBER_END) and len(opened) > 1:
            opened.pop()
    return top


def _chain(block: Block) -> Node | None:
    """The outermost exception of a block, with those inside it; an aggregate tells its first member twice."""
    parts = [headed(part, _frame) for part in sections(own(block), _ends_inner)]
    heads = parts[0][0].split("---> ") if parts else []
    inside = tuple(node for node in map(_chain, members(block)[:MAX_EXCEPTIONS]) if node)
    found: Node | None = None
    for index, head in enumerate(reversed(heads[:MAX_EXCEPTIONS])):
        kind, value = headline(_UNHANDLED.sub("", head, count=1))
        one = told(kind, value, parts[index][1] if index < len(parts) else [])
        if inside and (kind or "").endswith("AggregateException"):
            found, inside = Node(one, None, inside), ()
        else:
            found = Node(one, found)
    return found


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
    place = None if (found[4] or "<").startswith("<") else found[4]  # Mono's "<1f2e…>:0" is no file
    return Frame(function, owner, place, int(found[5]) if place else None)
