"""Texts inside of selectors and of code, with what would end them escaped."""

import re

_NAME = re.compile(r"-?[A-Za-z_\u00a0-\uffff][\w\u00a0-\uffff-]*\Z", re.ASCII)
_OF_PATTERN = re.compile(r"[.*+?^${}()|\[\]\\/]")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_OTHER = {'"': "'", "'": '"'}


def string(text: str, quote: str) -> str:
    """The text as a string of JavaScript, Python, Java or C#; with the other quotes where that spares escapes."""
    if quote in text and _OTHER[quote] not in text and quote == "'":  # Java and C# know no other than `"`
        quote = '"'
    escaped = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
    return f"{quote}{_CONTROL.sub(_escape, escaped)}{quote}"


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0], f"\\u{ord(found[0]):04x}")


def css_string(text: str, quote: str = '"') -> str:
    """https://www.w3.org/TR/cssom-1/#serialize-a-string."""
    escaped = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
    return f"{quote}{_CONTROL.sub(lambda found: f'{chr(92)}{ord(found[0]):x} ', escaped)}{quote}"


def is_name(text: str) -> bool:
    """Whether CSS takes the text for an identifier as it is."""
    return _NAME.match(text) is not None


def xpath_string(text: str, quote: str = '"') -> str:
    """XPath 1.0 can not escape: a text with both kinds of quotes is put together."""
    if quote not in text:
        return f"{quote}{text}{quote}"
    if _OTHER[quote] not in text:
        return f"{_OTHER[quote]}{text}{_OTHER[quote]}"
    parts = ", '\"', ".join(f'"{part}"' for part in text.split('"'))
    return f"concat({parts})"


def pattern(text: str) -> str:
    """JavaScript's regular expression for the whole of this text."""
    return f"/^{_OF_PATTERN.sub(lambda found: chr(92) + found[0], text)}$/"


def inner(quote: str) -> str:
    """The quotes for a string inside of one that has these."""
    return _OTHER[quote]
