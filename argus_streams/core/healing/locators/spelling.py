"""How each language that Playwright is used from writes the same call."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from argus_streams.core.healing.locators.calls import plain_name
from argus_streams.core.healing.locators.locator import Style
from argus_streams.core.healing.locators.quoting import string

Named = Sequence[tuple[str, str | bool]]  # options in order


class Spelling(NamedTuple):
    """One language; strings are quoted with ``quote``."""

    quote: str
    method: Callable[[str], str]
    role: Callable[[str], str]  # of its plain name, quoted where it is a string
    options: Callable[[str, Named], str]  # of a method, as its last argument

    def call(self, method: str, argument: str, options: Named = ()) -> str:
        """The call without its last bracket."""
        told = f", {self.options(method, options)}" if options else ""
        return f"{self.method(method)}({argument}{told}"


def spelling(style: Style, code: str) -> Spelling | None:
    """The language that a locator is written in; ``None`` where nothing tells it from others."""
    language = _language(style, code)
    return _SPELLINGS[language](style.quote) if language else None


def _language(style: Style, code: str) -> str | None:
    if "AriaRole" in code or "Options()" in code or "new()" in code or style.call[:1].isupper():
        return "csharp" if style.call[:1].isupper() else "java"
    if style.call.startswith("$") or (plain_name(style.call) == style.call and style.call != style.call.lower()):
        return "javascript"
    snake = any(each in code for each in ("_by_", "has_text=", "_locator(", "_selector(", "name=", "exact=True"))
    if snake or code.rstrip().endswith((".first", ".last")):
        return "python"
    told = style.quote == "'" or any(each in code for each in ("{ ", "{", "`", "await ", ";", "first()", "last()"))
    return "javascript" if told else None


def snake(name: str) -> str:
    """GetByRole and getByRole as get_by_role."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


def pascal(name: str) -> str:
    """A getByRole as GetByRole."""
    return name[:1].upper() + name[1:]


def javascript(quote: str) -> Spelling:
    """Also TypeScript."""
    return Spelling(quote, str, lambda role: string(role, quote), lambda _, told: _object(told, quote))


def _object(told: Named, quote: str) -> str:
    return "{ " + ", ".join(f"{name}: {_value(value, quote, 'true')}" for name, value in told) + " }"


def _python(quote: str) -> Spelling:
    def options(_: str, told: Named) -> str:
        return ", ".join(f"{snake(name)}={_value(value, quote, 'True')}" for name, value in told)

    return Spelling(quote, snake, lambda role: string(role, quote), options)


def _java(_: str) -> Spelling:
    def options(method: str, told: Named) -> str:
        setters = "".join(f".set{pascal(name)}({_value(value, DOUBLE, 'true')})" for name, value in told)
        return f"new Page.{pascal(method)}Options(){setters}"

    return Spelling(DOUBLE, str, lambda role: f"AriaRole.{role.upper()}", options)


def _csharp(_: str) -> Spelling:
    def options(_: str, told: Named) -> str:
        return (
            "new() { " + ", ".join(f"{pascal(name)} = {_value(value, DOUBLE, 'true')}" for name, value in told) + " }"
        )

    return Spelling(DOUBLE, pascal, lambda role: f"AriaRole.{pascal(role)}", options)


def _value(value: str | bool, quote: str, true: str) -> str:  # noqa: FBT001 - an option is a text or it is true
    return true if isinstance(value, bool) else string(value, quote)


DOUBLE = '"'
_SPELLINGS: Mapping[str, Callable[[str], Spelling]] = {
    "javascript": javascript,
    "python": _python,
    "java": _java,
    "csharp": _csharp,
}
