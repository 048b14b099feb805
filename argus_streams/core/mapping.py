"""A mapping tells which JMESPath expression finds which of our fields in a body without a fixed shape.

https://jmespath.org/specification.html. Expressions are an operator's, bodies are strangers'. No expression sees more
than the body or, with ``each``, one element of it, so that the time is linear in the body however many elements it has.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import jmespath
import msgspec
from jmespath.exceptions import ArityError, UnknownFunctionError
from jmespath.functions import Functions
from jmespath.visitor import TreeInterpreter
from msgspec import Struct

from argus_streams.errors import Malformed, Misconfigured

MappingKind = Literal["error", "alert", "ci", "deploy"]

# Fields of an event that an expression fills with text as it stands.
TEXTS = (
    *("type", "message", "title", "template", "culprit", "logger", "platform", "service", "environment", "release"),
    *("host", "url", "link", "user", "session", "trace_id", "span_id", "repository", "branch", "commit", "instance"),
)
_EVENT = frozenset({*TEXTS, "severity", "stack", "tags", "fingerprint", "occurred_at", "id"}) - {"instance"}
_DEPLOY = ("service", "environment", "release", "status", "title", "repository", "branch", "commit", "author", "link")
FIELDS: Mapping[MappingKind, frozenset[str]] = {
    "error": _EVENT,
    "alert": _EVENT | {"rule", "labels", "instance"},
    "ci": _EVENT | {"rule", "default_branch"},
    "deploy": frozenset({*_DEPLOY, "occurred_at", "id"}),
}
_NEEDED: Mapping[MappingKind, tuple[frozenset[str], ...]] = {  # one of each set
    "error": (frozenset({"message", "type", "title", "stack"}),),
    "alert": (frozenset({"rule"}),),
    "ci": (frozenset({"rule"}),),
    "deploy": (frozenset({"service"}), frozenset({"environment"})),
}
OBJECTS = ("tags", "labels")  # fields that hold names and texts
_TOLD = 200  # characters of an error's text, which may repeat the body

# What the interpreter raises where an expression meets a value of another type: its own errors are ValueErrors, but
# `contains('text', `5`)`, `[?text > `5`]`, `ceil` of infinity and `avg` of huge numbers end in Python's.
_UNSUITED = (ValueError, TypeError, ArithmeticError, RecursionError)

Written = dict[str, str | dict[str, str]]


class WrittenMapping(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A mapping as people write it."""

    name: str
    kind: MappingKind
    fields: Written  # our field → an expression over the body, or over each element of it
    common: Written = {}  # with `each`: expressions over the body, for what its elements share
    when: str | None = None  # the mapping reads the bodies of which this is true; without it, all
    each: str | None = None  # a list in the body: one item an element
    ignore_when: str | None = None
    resolved_when: str | None = None
    unpack: list[str] = []  # fields at the top of the body whose text is JSON of its own


class Expression(NamedTuple):
    """A JMESPath expression that compiles."""

    place: str  # in the file, for people
    tree: Mapping[str, Any]
    interpreter: TreeInterpreter

    def of(self, data: object) -> Any:
        """What it finds; raises ``Malformed`` where a function meets a value of a type that it does not take."""
        try:
            return self.interpreter.visit(self.tree, data)
        except _UNSUITED as error:
            raise Malformed("the mapping fails here", f"{self.place}: {str(error)[:_TOLD]}") from error

    def holds(self, data: object) -> bool:
        """Whether it finds what JMESPath takes for true: all but null, false and what is empty; 0 is true."""
        found = self.of(data)
        return bool(found) or (isinstance(found, int | float) and not isinstance(found, bool))


class BodyMapping(NamedTuple):
    """A mapping that can be used."""

    name: str
    kind: MappingKind
    fields: Mapping[str, Expression]
    common: Mapping[str, Expression]
    when: Expression | None
    each: Expression | None
    ignore_when: Expression | None
    resolved_when: Expression | None
    unpack: tuple[str, ...]
    written: WrittenMapping  # what the version of the algorithm is made of


def compiled(written: WrittenMapping) -> BodyMapping:
    """The mapping that these lines describe. Raises ``Misconfigured`` with the place of the mistake."""
    at = f"mapping {written.name!r}"
    _check(written, at)
    return BodyMapping(
        name=written.name,
        kind=written.kind,
        fields=_all(f"{at}: fields", written.fields),
        common=_all(f"{at}: common", written.common),
        when=_optional(f"{at}: when", written.when),
        each=_optional(f"{at}: each", written.each),
        ignore_when=_optional(f"{at}: ignore_when", written.ignore_when),
        resolved_when=_optional(f"{at}: resolved_when", written.resolved_when),
        unpack=tuple(written.unpack),
        written=written,
    )


def _check(written: WrittenMapping, at: str) -> None:
    told = written.fields.keys() | written.common.keys()
    unknown = sorted(told - FIELDS[written.kind])
    if unknown:
        known = ", ".join(sorted(FIELDS[written.kind]))
        raise Misconfigured(f"{at}: kind {written.kind} has no field {', '.join(unknown)}; there are {known}")
    for needed in _NEEDED[written.kind]:
        if not needed & told:
            raise Misconfigured(f"{at}: kind {written.kind} needs {' or '.join(sorted(needed))} among its fields")
    if written.common and written.each is None:
        raise Misconfigured(f"{at}: `common` is for what the elements of `each` share; without `each`, use `fields`")
    if written.resolved_when is not None and written.kind not in {"alert", "ci"}:
        raise Misconfigured(f"{at}: `resolved_when` is for alerts and ci, not for kind {written.kind}")


def _all(at: str, written: Written) -> Mapping[str, Expression]:
    return {name: _field(f"{at}.{name}", name, told) for name, told in written.items()}


def _field(at: str, name: str, told: str | dict[str, str]) -> Expression:
    if isinstance(told, str):
        return _expression(at, told)
    if name not in OBJECTS:
        raise Misconfigured(f"{at}: is one expression, not several by name")
    if not told:
        raise Misconfigured(f"{at}: is empty")
    # An object of expressions is JMESPath of its own: https://jmespath.org/specification.html#multiselect-hash
    for key, text in told.items():
        _tree(f"{at}.{key}", text)
    pairs = [f"{msgspec.json.encode(key).decode()}: {text}" for key, text in told.items()]
    return _expression(at, f"{{{', '.join(pairs)}}}")


def _optional(at: str, text: str | None) -> Expression | None:
    return None if text is None else _expression(at, text)


def _expression(at: str, text: str) -> Expression:
    return Expression(at, _tree(at, text), TreeInterpreter())


def _tree(at: str, text: str) -> Mapping[str, Any]:
    """The expression taken apart, with the functions that are called known to exist and to take so many arguments."""
    try:
        tree: Mapping[str, Any] = jmespath.compile(text).parsed
        for name, arguments in _calls(tree):
            _call(name, arguments)
    except RecursionError as error:
        raise Misconfigured(f"{at}: nested too deeply") from error
    except ValueError as error:
        what = str(error).split("\n", 1)[0].removesuffix(", for expression:")  # below it, the expression and a caret
        raise Misconfigured(f"{at}: {text!r}: {what}") from error
    return tree


def _calls(tree: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Name and number of arguments of each function that is called."""
    if tree["type"] == "function_expression":
        yield tree["value"], len(tree["children"])
    for child in tree["children"]:
        if isinstance(child, dict):  # those of a slice are numbers
            yield from _calls(child)


def _call(name: str, arguments: int) -> None:
    """Raise what is wrong with a call whatever the body; what is wrong with the values is another matter."""
    try:
        Functions().call_function(name, [None] * arguments)
    except (UnknownFunctionError, ArityError):
        raise
    except _UNSUITED:
        return
