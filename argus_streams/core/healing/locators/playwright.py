"""What the calls of Playwright find: https://playwright.dev/docs/api/class-locator, in each of its languages."""

from collections.abc import Callable

from msgspec import structs

from argus_streams.core.healing.locators.calls import Call, Chain, Code, Text, Value, plain_name
from argus_streams.core.healing.locators.conditions import nth, told
from argus_streams.core.healing.locators.engines import selector
from argus_streams.core.healing.locators.locator import Condition, Step
from argus_streams.core.healing.locators.queries import compared, query, said
from argus_streams.errors import Malformed

Steps = tuple[Step, ...]
Inner = Callable[[Chain], Steps]  # what a chain that is an argument finds
_SELECTORS = frozenset({"locator", "frameLocator", "$", "$$", "querySelector", "querySelectorAll"})
# Of a page, with a selector in front: https://playwright.dev/docs/api/class-page.
ACTIONS = frozenset(
    {
        *("$eval", "$$eval", "evalOnSelector", "evalOnSelectorAll", "waitForSelector", "click", "dblclick", "tap"),
        *("fill", "type", "press", "check", "uncheck", "setChecked", "hover", "focus", "selectOption", "textContent"),
        *("innerText", "innerHTML", "innerHtml", "inputValue", "getAttribute", "isVisible", "isHidden", "isEnabled"),
        *("isDisabled", "isChecked", "isEditable", "dispatchEvent", "setInputFiles", "dragAndDrop"),
    }
)
_PLACES = {"first": "0", "last": "-1"}
_OPTIONS = ("hasText", "hasNotText", "has", "hasNot")


def locates(name: str) -> bool:
    """Whether only Playwright has a call of this name that begins a locator."""
    return plain_name(name) in _SELECTORS | ACTIONS


def step(steps: Steps, call: Call, inner: Inner) -> Steps | None:
    """The steps so far and those of the next call; ``None`` = it locates nothing."""
    name = plain_name(call.name)
    if name in _SELECTORS or (name in ACTIONS and not steps and call.arguments):
        return (*steps, *_selected(call, inner)) if call.arguments else None
    if name in _PLACES:
        return (*steps, nth(_PLACES[name]))
    if name in {"nth", "[]"} and call.arguments:
        return (*steps, nth(said(call.arguments[0])))
    if name == "filter":
        return (*steps, *_filtered(call, inner))
    if name in {"and", "or"} and call.arguments:
        return _combined(name, steps, _chained(call.arguments[0], inner))
    found = query(call, loose=True)
    return (*steps, found) if found else None


def is_frame(call: Call) -> bool:
    """Whether the elements that follow are in the frame that is found here."""
    return plain_name(call.name) in {"frameLocator", "contentFrame"}


def _selected(call: Call, inner: Inner) -> Steps:
    return (*_chained(call.arguments[0], inner), *_filtered(call, inner))


def _chained(value: Value, inner: Inner) -> Steps:
    """The steps of a selector or of another locator."""
    if isinstance(value, Chain):
        try:
            return inner(value)
        except Malformed:  # a function of the project's own
            return (Step((told("dynamic", said(value)),)),)
    if isinstance(value, Text):
        return selector(value.value)
    return (Step((told("dynamic", said(value)),)),)


def _filtered(call: Call, inner: Inner) -> Steps:
    """What the options of a locator keep of all that it finds."""
    given = {name: value for name, value in call.options.items() if name in _OPTIONS}
    conditions = tuple(_option(name, value, inner) for name, value in given.items())
    visible = call.options.get("visible") if call.name == "filter" else None
    if visible in (Code("true"), Code("True")):
        conditions += (Condition("pseudo", "", "visible"),)
    return (Step(conditions, "filter"),) if conditions else ()


def _option(name: str, value: Value, inner: Inner) -> Condition:
    if name.endswith("Text"):
        condition = compared("text", value, "substring", ignore_case=True)
    else:
        condition = Condition("has", inner=(_chained(value, inner),))
    return Condition("not", inner=((Step((condition,)),),)) if "Not" in name else condition


def _combined(name: str, steps: Steps, other: Steps) -> Steps:
    if name == "and":
        return (*steps, Step((Condition("any", inner=(other,)),), "filter"))
    return (Step((Condition("any", inner=(steps, other)),)),)


def framed(steps: Steps, start: int) -> Steps:
    """The steps of which the one at ``start`` looks inside of a frame."""
    if start >= len(steps) or steps[start].combinator == "filter":
        return steps
    return (*steps[:start], structs.replace(steps[start], combinator="frame"), *steps[start + 1 :])
