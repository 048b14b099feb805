"""Elixir traces: crash first, behind "** (Type) message"."""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import headed, headline, told

# A call is told as "(shop 0.1.0) lib/shop/cart.ex:12: Shop.Cart.add/2".
MARK = re.compile(r"\s*(?:\((\w+)(?: [^()\s]*)?\) )?(\S+\.(?:exs?|erl|eex|heex)):(\d{1,9}): (.+)$")

_HEAD = re.compile(r"\*\* \(([\w.]+)\) ?(.*)", re.DOTALL)
_MODULE = re.compile(r"(?:anonymous fn/\d+ in )?(:?[\w.]+)\.[^.]+$")


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The one error that a trace tells."""
    head, frames = headed(lines, _frame)
    found = _HEAD.search(head)
    kind, value = (found[1], found[2].strip() or None) if found else headline(head)
    return (told(kind, value, frames),)


def _frame(line: str) -> Frame | None:
    """A frame with its module, which the reporters name, and the library that it is of."""
    found = MARK.match(line)
    if found is None:
        return None
    module = _MODULE.match(found[4])
    return Frame(found[4], module[1] if module else None, found[2], int(found[3]), package=found[1])
