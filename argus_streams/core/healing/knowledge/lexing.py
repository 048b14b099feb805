"""A locator's text as tokens, so that two of them can be compared and one be changed like the other.

No language is parsed: locators of all of them are calls with strings in them, and the strings are selectors or plain
text. What is cut off, unbalanced or no locator at all has tokens as well.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

LONGEST = 2_000  # characters; a longer locator has no tokens, so that no rule sees it

Kind = Literal["call", "name", "mark", "quote", "inner", "value", "space"]

_CODE = re.compile(r"(\s*)(?:([\"'`])|/(?=[^/\s*])|([\w$]+)|(\S))")
_PATTERN = re.compile(r"((?:[^/\\\n]|\\.)*)/([a-z]*)")  # what follows the first slash of a regular expression
_HOLE = r"\$\{[^}]*\}"  # of a template string
_IDENT = re.compile(rf"(?:[\w-]|\\[^\"'`\s]|{_HOLE})+")
_INNER = re.compile(r"\\?[\"'`]")
_SPACE = re.compile(r"\s+")
_IN_BRACKETS = re.compile(r"[^\]\"'`]*")
_TEXT = re.compile(r"(?:(?! >> ).)*", re.DOTALL)
_TO_END = {quote: re.compile(rf"(?:[^\\{quote}]|\\.)*", re.DOTALL) for quote in "\"'`"}
_PLAIN_CALL = re.compile(
    r"(?:get|find|query)(?:all)?_?by_?\w+|contains|id|name|(?:partial)?linktext|classname|tagname|text|byid|bytext",
    re.IGNORECASE,
)
_SELECTOR = re.compile(r"[\w-]*[.#\[][\w-]|[\w-]+\[")
_ENGINES = frozenset({"text", "id", "role", "data-testid", "data-test", "data-test-id"})
_COMBINATORS = frozenset(">+~,|")


class Token(NamedTuple):
    """One token; two are the same where kind and text are, whatever space is before them."""

    kind: Kind
    text: str
    gap: str = ""  # white space before it that says nothing


class Lexed(NamedTuple):
    """A locator in tokens, and what follows it that is none of its own."""

    tokens: tuple[Token, ...]
    tail: str  # brackets that close something outside, and semicolons


def lexed(text: str) -> Lexed:
    """The tokens of a locator; none where it is longer than ``LONGEST``."""
    if len(text) > LONGEST:
        return Lexed((), "")
    body, tail = _without_tail(text.strip())
    return Lexed(tuple(_code(body)), tail)


def written(tokens: Iterable[Token], tail: str = "") -> str:
    """The text of tokens."""
    return "".join([token.gap + token.text for token in tokens]) + tail


def canonical(text: str) -> str:
    """What a locator says without its style: equal for two that differ in quotes, white space and trailing brackets."""
    tokens = lexed(text).tokens
    return plain(tokens) if tokens else text


def plain(tokens: Iterable[Token]) -> str:
    """The text of tokens without quotes' and white space's style."""
    return "".join(['"' if token.kind == "quote" else "" if token.kind == "inner" else token.text for token in tokens])


def _without_tail(text: str) -> tuple[str, str]:
    body = text
    while (shorter := body.rstrip("; ,").rstrip()) != body:  # white space is more than blanks
        body = shorter
    missing = body.count(")") - body.count("(")
    while missing > 0 and body.endswith(")"):
        body, missing = body[:-1].rstrip(), missing - 1
    return body, text[len(body) :]


def _code(text: str) -> Iterator[Token]:
    at, call, key, last = 0, "", False, ""  # the call that strings are told to, whether as an option; the last name
    while (found := _CODE.match(text, at)) is not None:
        gap, quote, name, mark = found.groups()
        at = found.end()
        if name:
            yield Token("call" if text.startswith("(", at) else "name", name, gap)
            last = name
            continue
        if mark:
            yield Token("mark", mark, gap)
            call, key = (last, False) if mark == "(" else (call, mark == ":")
            continue
        plain = quote and (key or _is_plain(call, text, at))
        for token in _string(text, at, quote, gap, plain=bool(plain)) if quote else _pattern(text, at, gap):
            yield token
            at += len(token.gap) + len(token.text)
        at -= len(gap) + 1  # the opening mark is matched already


def _pattern(text: str, at: int, gap: str) -> Iterator[Token]:
    """A regular expression, else a slash."""
    yield Token("mark", "/", gap)
    found = _PATTERN.match(text, at)
    if found is not None:
        yield Token("value", found[1])
        yield Token("mark", "/" + found[2])


def _is_plain(call: str, text: str, at: int) -> bool:
    """Whether a string is text, not a selector."""
    return _PLAIN_CALL.fullmatch(call) is not None and _SELECTOR.match(text, at) is None


def _string(text: str, at: int, quote: str, gap: str, *, plain: bool) -> Iterator[Token]:
    found = _TO_END[quote].match(text, at)
    content = found[0] if found else ""
    yield Token("quote", quote, gap)
    if not plain:
        yield from _selector(content)
    elif content:
        yield Token("value", content)
    if text.startswith(quote, at + len(content)):
        yield Token("quote", quote)


def _selector(text: str) -> Iterator[Token]:
    at, gap, brackets, before = 0, "", 0, Token("mark", "")
    while at < len(text):
        space = _SPACE.match(text, at)
        if space is not None:
            at = space.end()
            if (
                brackets
                or at == len(text)
                or text[at] in _COMBINATORS
                or before.text in _COMBINATORS
                or not before.text
            ):
                gap = space[0]
                if at == len(text):
                    yield Token("mark", "", gap)
                continue
            before = Token("space", space[0])
            yield before
            continue
        for token in _part(text, at, brackets, before):
            at += len(token.text)
            brackets += (token == ("mark", "[", "")) - (token == ("mark", "]", ""))
            before = token._replace(gap=gap)
            gap = ""
            yield before


def _part(text: str, at: int, brackets: int, before: Token) -> Iterator[Token]:
    """The tokens of one part of a selector; at least one, of at least one character."""
    inner = _INNER.match(text, at)
    if inner is not None:
        yield from _quoted(text, inner)
        return
    if before.text == "=" and (brackets or not text.startswith("[", at)):
        found = (_IN_BRACKETS if brackets else _TEXT).match(text, at)
        if found is not None and found[0]:
            yield Token("value", found[0])
            return
    ident = _IDENT.match(text, at)
    if ident is not None:
        named = before.text not in {".", "#"}
        yield Token("name" if named else "value", ident[0])
        if named and not brackets and text.startswith("=", ident.end()) and ident[0] in _ENGINES:
            yield Token("mark", "=")
        return
    if brackets and text[at] in "~^$*|" and text.startswith("=", at + 1):
        yield Token("mark", text[at])
        at += 1
    yield Token("mark", text[at])


def _quoted(text: str, inner: re.Match[str]) -> Iterator[Token]:
    yield Token("inner", inner[0])
    end = text.find(inner[0], inner.end())
    content = text[inner.end() : end if end >= 0 else len(text)]
    if content:
        yield Token("value", content)
    if end >= 0:
        yield Token("inner", inner[0])
