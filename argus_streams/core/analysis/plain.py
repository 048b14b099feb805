"""Text that is nothing but text: no markup, no link, no control character, and an end.

For what a model answers and what a stranger's event says: it is escaped where it is shown, and is harmless where that
was forgotten.
"""

import re

_LINKED = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")  # [text](address), and pictures
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://\S*|\bwww\.\S+", re.IGNORECASE)
_SCRIPTED = re.compile(r"(?:javascript|vbscript|\bdata):(?=\S)", re.IGNORECASE)
_MARKS = re.compile(r"`+|\*\*+|(?m:^\s*(?:#{1,6}|[-*>])\s+)|~~")
# No tag can be made of these, and `List<String>` can still be read.
_ANGLES = str.maketrans("<>", "\u2039\u203a")


def one_line(text: str) -> str:
    """Without control, format (bidirectional overrides, zero widths) and private characters, in one line."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def plain(text: str, length: int) -> str:
    """At most so many characters of plain text; an ellipsis shows where it was cut."""
    text = _LINKED.sub(r"\1", one_line(_MARKS.sub("", text[: 4 * length])))
    text = _SCRIPTED.sub("(left out) ", _ADDRESS.sub("(link left out)", text))
    text = text.translate(_ANGLES).replace("](", "] (")
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
