"""Dart and Flutter traces: crash first, the error's words before it."""

import re
from collections.abc import Sequence

from argus_streams.core.events import ExceptionInfo, Frame
from argus_streams.core.stacktext.lines import headed, headline, told, without

# "#1      Cart.add.<anonymous closure> (package:shop/cart.dart:12:5)"
MARK = re.compile(
    r"\s*#\d+ +(\S.*) \(((?:package|dart|file|org-dartlang-sdk|https?):[^()]*?)(?::(\d{1,9}))?(?::(\d{1,9}))?\)$"
)

_UNHANDLED = re.compile(r".*?[Uu]nhandled [Ee]xception:\s*", re.DOTALL)


def read(lines: Sequence[str]) -> tuple[ExceptionInfo, ...]:
    """The one error that a Dart trace tells."""
    head, frames = headed(lines, _frame)
    kind, value = headline(without(_UNHANDLED, head))
    return (told(kind, value, frames),)


def _frame(line: str) -> Frame | None:
    found = MARK.match(line)
    if found is None:
        return None
    return Frame(found[1], None, found[2], int(found[3]) if found[3] else None, int(found[4]) if found[4] else None)
