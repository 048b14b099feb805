"""The words of a line of code, of any language that tests are written in: JavaScript, Python, Java, C#, Ruby.

What a string holds is told as the page would see it; expressions inside of it become ``${…}``, whichever way the
language spells them. Linear time: no text is looked at twice.
"""

import re
from typing import Literal, NamedTuple

TokenKind = Literal["string", "regex", "number", "name", "mark"]
_WORD = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<prefix>(?:[fF][rR]?|[rR][fF]?|[bBuU$@])?)(?P<string>\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?)"
    r"|(?P<number>\d[\w.]*)|(?P<name>[^\W\d][\w$]*|[$#][\w$]*)|(?P<mark>=>|\?\.|::|[=!]==?|&&|\|\||\.\.\.|.)",
    re.DOTALL,
)
_REGEX = re.compile(r"/((?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++)/([a-z]*)")
_BEFORE_A_REGEX = frozenset({"(", ",", ":", "=", "[", "=>", "{", "+", ""})
_ESCAPE = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4,6})\}?|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_PAIRS, _LAST = (0xD800, 0xDFFF), 0x10FFFF  # of code points: halves of pairs, and the last
_BRACE = re.compile(r"[{}]")
_FORMATTED = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
EXPRESSION = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
OPEN_ENDED = "${…}"  # what follows in a text that was cut


class Token(NamedTuple):
    """One word; ``start`` and ``end`` are where it stands in the code."""

    kind: TokenKind
    value: str  # of a string what it says, of a regular expression its pattern
    start: int
    end: int
    quote: str = ""  # of a string; of a regular expression its flags
    dynamic: bool = False  # of a string: expressions are part of it


def tokens(code: str) -> list[Token]:
    """All words but white space; a string that does not end is taken to its end, as a dynamic one."""
    found, at = list[Token](), 0
    while at < len(code):
        token = _at(code, at, found[-1].value if found and found[-1].kind == "mark" else "" if not found else "x")
        at = token.end if isinstance(token, Token) else token
        if isinstance(token, Token):
            found.append(token)
    return found


def _at(code: str, at: int, before: str) -> Token | int:
    """The word that begins here, or where the white space that does ends."""
    if code[at] == "`":
        return _template(code, at)
    if code[at] == "/" and before in _BEFORE_A_REGEX and (found := _REGEX.match(code, at)):
        return Token("regex", found[1], at, found.end(), found[2])
    word = _WORD.match(code, at)
    if word is None or word["space"]:
        return word.end() if word else at + 1
    if word["string"]:
        return _string(word)
    kind: TokenKind = "number" if word["number"] else "name" if word["name"] else "mark"
    return Token(kind, word[0], at, word.end())


def _string(word: re.Match[str]) -> Token:
    prefix, told = word["prefix"].lower(), word["string"]
    quote, inside, ends = told[0], told[1:], len(told) > 1 and told[-1] == told[0]
    inside = inside[:-1] if ends else inside
    value = inside if "r" in prefix or "@" in prefix else _unescaped(inside)
    dynamic = not ends
    if prefix and prefix in "f$rfr":
        value, times = _FORMATTED.subn(_spelt, value)
        dynamic = dynamic or ("${" in value and times > 0)
    return Token("string", value if ends else value + OPEN_ENDED, word.start(), word.end(), quote, dynamic)


def _spelt(found: re.Match[str]) -> str:
    return found[0][0] if found[1] is None else f"${{{found[1]}}}"


def _template(code: str, at: int) -> Token:
    """JavaScript's string between backticks."""
    parts, begun, start, dynamic = list[str](), at, at + 1, False
    at = start
    while at < len(code) and code[at] != "`":
        if code[at] == "\\":
            at += 2
        elif code.startswith("${", at):
            end = _closed(code, at + 2)
            parts += [_unescaped(code[start:at]), f"${{{code[at + 2 : end].strip()}}}"]
            at = start = min(end + 1, len(code))
            dynamic = True
        else:
            at += 1
    parts.append(_unescaped(code[start:at]))
    if at >= len(code):
        return Token("string", "".join(parts) + OPEN_ENDED, begun, len(code), "`", dynamic=True)
    return Token("string", "".join(parts), begun, at + 1, "`", dynamic)


def _closed(code: str, at: int) -> int:
    """Where the brace ends that is open here."""
    depth = 1
    for found in _BRACE.finditer(code, at):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    return len(code)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def character(code: int) -> str:
    """The letter of a code point; of one that is none, U+FFFD."""
    return chr(code) if 0 < code < _PAIRS[0] or _PAIRS[1] < code <= _LAST else "\ufffd"


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code:
        return character(int(code, 16))
    return _CONTROLS.get(found[3], found[3])
