"""A locator as the calls that it is made of: ``page.get_by_role("button", name="Save").first``.

Chains are what locators are compared by: quotes, white space, and the name of the variable in front make no difference.
A locator from a file is read as data, and never run as code.
"""

import ast
import re
from typing import Any, NamedTuple

LONGEST = 2_000  # characters; nobody writes a longer locator
_BY = {
    "ID": "id",
    "XPATH": "xpath",
    "LINK_TEXT": "link text",
    "PARTIAL_LINK_TEXT": "partial link text",
    "NAME": "name",
    "TAG_NAME": "tag name",
    "CLASS_NAME": "class name",
    "CSS_SELECTOR": "css selector",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STRATEGIES = {value: f"By.{name}" for name, value in _BY.items()}
LOCATING = frozenset({
    "locator", "frame_locator", "get_by_role", "get_by_text", "get_by_label", "get_by_placeholder", "get_by_alt_text",
    "get_by_title", "get_by_test_id", "filter", "nth", "and_", "or_", "find_element",
})  # fmt: skip
PROPERTIES = frozenset({"first", "last", "content_frame", "owner"})


class Call(NamedTuple):
    """One call, or a property where ``arguments`` is ``None``."""

    name: str
    arguments: tuple[Any, ...] | None = ()  # texts, numbers, patterns, chains
    options: tuple[tuple[str, Any], ...] = ()  # those given by name


Chain = tuple[Call, ...]


def read(text: str) -> Chain:
    """The locator that a text is, without what is done to it behind; ``ValueError`` where it is none of Python's."""
    if len(text) > LONGEST:
        raise ValueError("too long for a locator")
    try:
        tree = ast.parse(text.strip().removeprefix("await ").strip().rstrip(";"), mode="eval").body
        chain = _chain(tree)
    except (SyntaxError, RecursionError, MemoryError, re.error) as error:
        raise ValueError("no expression of Python's") from error
    if not chain:
        raise ValueError("it finds nothing")
    return chain


def canonical(chain: Chain) -> Chain:
    """The same for two that differ in the order of what is given by name."""
    return tuple(
        call._replace(arguments=call.arguments and tuple(map(_canonical, call.arguments)),
                      options=tuple(sorted((name, _canonical(value)) for name, value in call.options)))
        for call in chain
    )  # fmt: skip


def _canonical(value: Any) -> Any:
    return canonical(value) if isinstance(value, tuple) else value


def written(chain: Chain, receiver: str = "page", quote: str = '"') -> str:
    """The locator as people write it."""
    return ".".join([receiver, *(_call(call, quote) for call in chain)]).lstrip(".")


def text_of(value: Any, quote: str = '"') -> str:
    """One argument as people write it."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("\n", "\\n")
        return quote + _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", escaped) + quote
    if isinstance(value, re.Pattern):
        flags = ", re.I" if value.flags & re.IGNORECASE else ""
        return f"re.compile({text_of(value.pattern, quote)}{flags})"
    if isinstance(value, tuple):
        return written(value, quote=quote)
    return repr(value)


def _call(call: Call, quote: str) -> str:
    if call.arguments is None:
        return call.name
    values = [text_of(value, quote) for value in call.arguments]
    if call.name == "find_element" and len(call.arguments) > 1:
        values[0] = _STRATEGIES.get(call.arguments[0], values[0])
    options = [f"{name}={text_of(value, quote)}" for name, value in call.options]
    return f"{call.name}({', '.join(values + options)})"


def _chain(node: ast.expr) -> Chain:
    """Calls from the left to the right, up to the last that locates."""
    call = _located(node)
    inner = node.func if isinstance(node, ast.Call) else node
    before = _chain(inner.value) if isinstance(inner, ast.Attribute) else ()
    if call is not None:
        return (*before, call)
    if isinstance(node, ast.Call) and before and _name(node.func) in LOCATING:
        raise ValueError("a call that can not be read")
    return before


def _located(node: ast.expr) -> Call | None:
    if isinstance(node, ast.Attribute) and node.attr in PROPERTIES:
        return Call(node.attr, None)
    if not isinstance(node, ast.Call) or _name(node.func) not in LOCATING:
        return None
    options = tuple((each.arg or "**", _value(each.value)) for each in node.keywords)
    return Call(_name(node.func), tuple(map(_value, node.args)), options)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | None):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -_value(node.operand)
    if isinstance(node, ast.Attribute) and _name(node.value) == "By" and node.attr in _BY:
        return _BY[node.attr]
    if isinstance(node, ast.Call) and _name(node.func) == "compile" and node.args:
        return re.compile(_value(node.args[0]), re.IGNORECASE if len(node.args) > 1 else 0)
    chain = _chain(node)
    if not chain:
        raise ValueError("a value that only the running test knows")
    return chain
