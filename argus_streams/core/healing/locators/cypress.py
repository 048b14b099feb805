"""What the commands of Cypress find: https://docs.cypress.io/api/table-of-contents#Queries, and Testing Library's."""

from collections.abc import Callable, Mapping

from argus_streams.core.healing.locators.calls import Call, Code, Options, Text, Value
from argus_streams.core.healing.locators.conditions import nth, told
from argus_streams.core.healing.locators.css import css
from argus_streams.core.healing.locators.locator import Combinator, Condition, Step
from argus_streams.core.healing.locators.queries import compared, query, said
from argus_streams.core.healing.locators.xpath import xpath

Steps = tuple[Step, ...]
_PLACES = {"first": "0", "last": "-1"}
_WAYS: Mapping[str, Combinator] = {
    "children": "child",
    "parent": "parent",
    "closest": "ancestor",
    "filter": "filter",
    "next": "adjacent",
    "nextAll": "sibling",
}
_OTHER_WAYS = frozenset({"parents", "prev", "prevAll", "siblings", "nextUntil", "prevUntil", "parentsUntil"})


def step(steps: Steps, call: Call) -> Steps | None:
    """The steps so far and those of the next command; ``None`` = it locates nothing."""
    name, arguments = call.name, call.arguments
    if name in _PLACES:
        return (*steps, nth(_PLACES[name]))
    if name in _WAYS or name in _OTHER_WAYS:
        return (*steps, *_gone(name, _selected(arguments[0]) if arguments else ()))
    if name in _COMMANDS:
        more = _COMMANDS[name](call) if arguments else None
        return more and (*(() if name == "get" else steps), *more)
    found = query(call, loose=False)
    return (*steps, found) if found else None


def _selected(value: Value, *, of_xpath: bool = False) -> Steps:
    if isinstance(value, Text) and not value.value.startswith("@"):
        return xpath(value.value) if of_xpath or value.value.startswith(("//", "(//")) else css(value.value)
    return (Step((Condition("dynamic", said(value), dynamic=True),)),)  # an alias is what another line found


def _containing(call: Call) -> Steps:
    """``contains('Save')``, ``contains('button', /save/i)``."""
    texts = [each for each in call.arguments if not isinstance(each, Options)]
    loose = call.options.get("matchCase") == Code("false")
    what = compared("text", texts[-1] if texts else call.arguments[0], "substring", ignore_case=loose)
    if len(texts) < 2:  # noqa: PLR2004 - a selector and a text
        return (Step((what,)),)
    return (*_selected(texts[0]), Step((what,), "filter"))


def _gone(name: str, to: Steps) -> Steps:
    """A way to other elements, of which a selector may keep some."""
    first, rest = to[:1], to[1:]
    conditions = first[0].conditions if first else (told("tag", "*"),)
    if name in _WAYS:
        return (Step(conditions, _WAYS[name]), *rest)
    return (Step((Condition("axis", name=name), *conditions), "axis"), *rest)


_COMMANDS: Mapping[str, Callable[[Call], Steps]] = {
    "get": lambda call: _selected(call.arguments[0]),  # begins anew
    "find": lambda call: _selected(call.arguments[0]),
    "xpath": lambda call: _selected(call.arguments[0], of_xpath=True),
    "contains": _containing,
    "eq": lambda call: (nth(said(call.arguments[0])),),
    "not": lambda call: (Step((Condition("not", inner=(_selected(call.arguments[0]),)),), "filter"),),
}
