"""A chain of calls as the steps that it finds its elements by, in the framework that it belongs to."""

from collections.abc import Sequence
from typing import NamedTuple

from argus_streams.core.healing.locators import cypress, playwright, webdriver
from argus_streams.core.healing.locators.calls import Call, Chain, Text, Value, plain_name
from argus_streams.core.healing.locators.conditions import DEEPEST, nth
from argus_streams.core.healing.locators.css import css
from argus_streams.core.healing.locators.locator import Language, Step
from argus_streams.core.healing.locators.queries import compared, is_query, query, said
from argus_streams.errors import Malformed

Steps = tuple[Step, ...]
_ASSERTING = frozenset({"expect", "assertThat", "await"})
_KEEPING = frozenset({"nth", "eq", "[]", "filter", "not", "and", "or", "first", "last"})  # some of what was found
_OF_THE_DOM = frozenset({"querySelector", "querySelectorAll"})
_ONLY_TESTING_LIBRARY = ("query", "find", "getAll")


class Located(NamedTuple):
    """What a chain finds, and which of its calls say so."""

    language: Language
    steps: Steps
    last: Call  # that locates
    named: Call  # the last that has a selector or a text
    start: int  # where the first call's name stands: code before it says what the chain begins with
    kept: int  # where the calls end that find a frame, which every new locator needs; 0 = there are none


def located(chain: Chain, depth: int = 0) -> Located:
    """What the chain finds; ``Malformed`` where no framework is known that has such calls."""
    if depth > DEEPEST:
        raise Malformed("nested too deep")
    chain = _asserted(chain)
    language = _language(chain)
    reading = _Reading(language, depth)
    for call in chain.calls:
        reading.take(call)
    if reading.last is None or not reading.steps:
        raise Malformed("a call that finds nothing")
    named = reading.named or reading.last
    return Located(language, reading.steps, reading.last, named, chain.calls[0].start, reading.kept)


class _Reading:
    """The chain as far as it has been read."""

    def __init__(self, language: Language, depth: int) -> None:
        self.steps: Steps = ()
        self.last: Call | None = None
        self.named: Call | None = None
        self.kept = 0
        self._language = language
        self._depth = depth
        self._frame = False

    def take(self, call: Call) -> None:
        """The next call."""
        before = len(self.steps)
        steps = self._steps(call)
        if steps is not None:
            self.steps, self.last = steps, call
            self.named = call if call.arguments and plain_name(call.name) not in _KEEPING else self.named
            if self._frame and len(steps) > before:
                self.steps = playwright.framed(steps, before)
                self._frame = self.steps[before].combinator == "filter"
        if self._language == "playwright" and playwright.is_frame(call):
            self._frame = True
        if self._frame:
            self.kept = call.end

    def _steps(self, call: Call) -> Steps | None:
        if self._language == "playwright":
            return playwright.step(self.steps, call, self._inner)
        if self._language == "testing_library":
            return self._queried(call)
        return (cypress.step if self._language == "cypress" else webdriver.step)(self.steps, call)

    def _queried(self, call: Call) -> Steps | None:
        """Testing Library's, and what its tests fall back to."""
        if call.name == "within" and call.arguments:
            return (*self.steps, *self._within(call.arguments[0]))
        if call.name in _OF_THE_DOM and call.arguments and isinstance(call.arguments[0], Text):
            return (*self.steps, *css(call.arguments[0].value))
        if call.name == "[]" and call.arguments:
            return (*self.steps, nth(said(call.arguments[0])))
        found = query(call, loose=False)
        return (*self.steps, found) if found else None

    def _within(self, value: Value) -> Steps:
        if isinstance(value, Chain):
            return self._inner(value)
        return (Step((compared("dynamic", value),)),)

    def _inner(self, chain: Chain) -> Steps:
        return located(chain, self._depth + 1).steps


def _asserted(chain: Chain) -> Chain:
    """The chain that an assertion is about, and the calls behind it."""
    first = chain.calls[0]
    if first.name in _ASSERTING and first.arguments and isinstance(first.arguments[0], Chain):
        return first.arguments[0]
    return chain


def _language(chain: Chain) -> Language:
    receiver, first = chain.receiver.rstrip("."), chain.calls[0]
    name, last = plain_name(first.name), _words(receiver)[-1]
    if last == "cy":
        return _of_cypress(chain.calls)
    if last == "screen" or name == "within" or (is_query(name) and _is_testing_library(name)):
        return "testing_library"
    if name in _OF_THE_DOM and not (set(_words(receiver.lower())) & {"page", "frame"}):
        return "testing_library"
    if name in {"$", "$$"} and "page" not in last.lower() and "frame" not in last.lower():
        return "webdriverio"
    if is_query(name) or name in {"locator", "frameLocator"}:
        return "playwright"
    if playwright.locates(name) and ("page" in last.lower() or "frame" in last.lower()):
        return "playwright"
    raise Malformed("a call that no framework is known by")


def _of_cypress(calls: Sequence[Call]) -> Language:
    if cypress.step((), calls[0]) is None:
        raise Malformed("a command that only the project knows")
    return "cypress"


def _is_testing_library(name: str) -> bool:
    return name.startswith(_ONLY_TESTING_LIBRARY) or name.endswith(("LabelText", "PlaceholderText", "DisplayValue"))


def _words(receiver: str) -> list[str]:
    return receiver.replace("?", "").split(".")
