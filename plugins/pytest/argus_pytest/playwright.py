"""Playwright's pages and locators (the synchronous API), with known repairs.

Only what a test does is repaired. What it reads it is going to judge by, and an assertion never asks this module: it
takes the locator as it is.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from argus_pytest.chains import LOCATING, PROPERTIES, Call, Chain, written
from argus_pytest.elements import Element
from argus_pytest.places import Place, caller
from argus_pytest.repairs import Kind, Repair
from argus_pytest.reports import DOM
from argus_pytest.scripts import quiet, script
from argus_pytest.watch import Trouble, Watch

ACTIONS = frozenset({
    "blur", "check", "clear", "click", "dblclick", "dispatch_event", "drag_to", "fill", "focus", "hover", "press",
    "press_sequentially", "scroll_into_view_if_needed", "select_option", "select_text", "set_checked",
    "set_input_files", "tap", "type", "uncheck",
})  # fmt: skip
READS = frozenset({
    "bounding_box", "evaluate", "get_attribute", "inner_html", "inner_text", "input_value", "text_content",
})  # fmt: skip


class Watched:
    """A page, frame locator or locator; all but locating and acting goes to the one that it stands for."""

    def __init__(self, real: Any, page: Any, chain: Chain, place: Place | None, watch: Watch) -> None:
        self._real, self._page, self._chain, self._place, self._watch = real, page, chain, place, watch

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # what `expect` and a type checker at run time ask for
        return type(self._real)

    def __repr__(self) -> str:
        return repr(self._real)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        if name in PROPERTIES and self._chain:
            return self._next(value, Call(name, None))
        if name in LOCATING:
            return partial(self._locate, name, value)
        if name in ACTIONS or (name in READS and self._chain):
            return partial(self._act, name, value)
        return value

    def _locate(self, call: str, locate: Callable[..., Any], /, *arguments: Any, **options: Any) -> "Watched":
        named = tuple((name, _named(value)) for name, value in options.items())
        return self._next(locate(*arguments, **options), Call(call, tuple(map(_named, arguments)), named))

    def _next(self, real: Any, call: Call) -> "Watched":
        return Watched(real, self._page, (*self._chain, call), caller(), self._watch)

    def _act(self, name: str, act: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        if self._chain:
            return self._acted(name, act, arguments, options)
        if not arguments or not isinstance(arguments[0], str):  # of a page: page.click("#save")
            return act(*arguments, **options)
        call, rest = Call("locator", arguments[:1]), arguments[1:]
        one = Watched(self._real.locator(arguments[0]), self._page, (call,), caller(), self._watch)
        return one._acted(name, partial(act, arguments[0]), rest, options)

    def _acted(self, name: str, act: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        locator, scope = written(self._chain), self._watch.scope(self._page.url)
        self._watch.found(scope, locator, self._look)
        try:
            done = act(*arguments, **options)
        except Exception as error:
            kind = self._kind(error)
            if kind is None:
                raise
            trouble = Trouble(kind, self._chain, locator, scope, self._page.url, self._place, error)
            if name not in ACTIONS or not self._healed(trouble, name, arguments, options):
                self._watch.failed(trouble, self._snapshot())
                raise
            return None
        if scope == self._watch.scope(self._page.url):
            self._watch.found(scope, locator, self._look)
        return done

    def _kind(self, error: Exception) -> Kind | None:
        """How the locator failed; ``None`` = it did not: what it found was hidden, disabled or slow."""
        text = str(error)
        if "strict mode violation" in text:
            return "ambiguous"
        missed = type(error).__name__ == "TimeoutError" and "waiting for" in text and "resolved to" not in text
        return "not_found" if missed and quiet(self._real.count) == 0 else None

    def _healed(self, trouble: Trouble, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> bool:
        """Whether the test goes on with a known repair; tried once."""
        repair = self._watch.repair(trouble)
        target = self._target(repair) if repair else None
        if repair is None or target is None:
            return False
        matches = target.count()
        if matches == 1 and not (target.is_visible() and target.is_enabled()):
            self._watch.left(repair, "it is hidden or disabled")
            return False
        worked = matches == 1 and _works(getattr(target, name), arguments, options)
        self._watch.tried(trouble, repair, worked=worked)
        return worked

    def _target(self, repair: Repair) -> Any:
        if self._page.evaluate("document.readyState") != "complete":
            return self._watch.left(repair, "the page was still loading")
        try:
            return located(self._page, repair.chain)
        except (AttributeError, TypeError) as error:
            return self._watch.left(repair, str(error))

    def _look(self) -> Element | None:
        return quiet(lambda: self._real.evaluate_all(script("element.js")))

    def _snapshot(self) -> str | None:
        return quiet(lambda: self._page.evaluate(script("snapshot.js"), DOM))


def located(page: Any, chain: Chain) -> Any:
    """What a chain of calls finds on a page; ``AttributeError`` or ``TypeError`` where Playwright has no such call."""
    found = page
    for call in chain:
        value = getattr(found, call.name)
        if call.arguments is not None:
            options = {name: _located(page, each) for name, each in call.options}
            value = value(*(_located(page, each) for each in call.arguments), **options)
        found = value
    return found


def _located(page: Any, value: Any) -> Any:
    return located(page, value) if isinstance(value, tuple) else value


def _named(value: Any) -> Any:
    """An argument as part of a chain."""
    return value.__dict__["_chain"] if type(value) is Watched else value


def _works(act: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> bool:
    try:
        act(*arguments, **options)
    except Exception:  # noqa: BLE001  (whatever it is, the test tells of its own locator)
        return False
    return True
