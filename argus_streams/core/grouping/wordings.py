"""What a message says, without what varies: one mistake in one wording, whichever engine or reporter words it."""

import re
from functools import lru_cache

from argus_streams.core.grouping.parameterize import LIMIT, parameterize

_LINES = 2  # of a message: what follows is detail, often a stack
_REMEMBERED = 500  # characters
_UNCAUGHT = re.compile(r"Uncaught (?:\(in promise\) )?")
_ENGINES = frozenset({"TypeError", "ReferenceError"})
# As Firefox, Safari and older engines put it, and how V8 does.
_WORDINGS = tuple(
    (re.compile(said), words)
    for said, words in (
        (r"Cannot read property '([^']*)' of (undefined|null)$", r"Cannot read properties of \2 (reading '\1')"),
        (
            r"can't access property \"([^\"]*)\", .* is (undefined|null)$",
            r"Cannot read properties of \2 (reading '\1')",
        ),
        (
            r"(undefined|null) is not an object \(evaluating '(?:[^']*\.)?([\w$]+)'\)$",
            r"Cannot read properties of \1 (reading '\2')",
        ),
        (
            r"(?:\(0 ?, ?)?(?:[\w$.\[\]()]*\.)?([\w$]+)\)? is not a function(?:\. \(In '.*)?$",
            r"\1 is not a function",
        ),
        (r"Can't find variable: ([\w$]+)$", r"\1 is not defined"),
        (r"(?:NetworkError when attempting to fetch resource\.|Load failed)$", "Failed to fetch"),
    )
)


def headline(text: str | None) -> str | None:
    """The template of a message's first two lines that say something."""
    if not text:
        return None
    # A long text is not worth remembering: the memo is bounded in entries, so each must be small.
    return _remembered(text) if len(text) <= _REMEMBERED else _headline(text)


def _headline(text: str) -> str | None:
    lines = [line for line in text[:LIMIT].splitlines() if line.strip()] if "\n" in text else [text]
    return parameterize("\n".join(lines[:_LINES])).strip() or None


_remembered = lru_cache(maxsize=8192)(_headline)


def said(kind: str | None, value: str | None) -> str | None:
    """The template of what an exception of a type says, without the type, which some reporters put before it."""
    if not value or len(value) > _REMEMBERED:
        return headline(value)
    value = _UNCAUGHT.sub("", value, count=1) if value.startswith("Uncaught ") else value
    if kind is not None:
        value = value.removeprefix(f"{kind}: ")
        if kind in _ENGINES:
            value = next((found.expand(words) for each, words in _WORDINGS if (found := each.match(value))), value)
    return headline(value)
