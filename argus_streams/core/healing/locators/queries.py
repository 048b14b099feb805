"""The queries that Testing Library and Playwright have in common: ``getByRole``, ``find_all_by_text`` and the like.

https://testing-library.com/docs/queries/about, https://playwright.dev/docs/locators.
"""

import re
from collections.abc import Mapping

from argus_streams.core.healing.locators.calls import Call, Chain, Code, Pattern, Text, Value, plain_name
from argus_streams.core.healing.locators.conditions import TEST_ID, attribute, told
from argus_streams.core.healing.locators.locator import Condition, ConditionKind, Match, Step

_QUERY = re.compile(
    r"(?:get|query|find)(?:All)?By(?P<what>Role|Text|LabelText|Label|PlaceholderText|Placeholder|AltText|Title"
    r"|TestI[dD]|DisplayValue)\Z"
)
_KINDS: Mapping[str, ConditionKind] = {
    "Text": "text",
    "LabelText": "label",
    "Label": "label",
    "PlaceholderText": "placeholder",
    "Placeholder": "placeholder",
    "AltText": "alt",
    "Title": "title",
    "Role": "role",
}
_STATES = ("checked", "current", "disabled", "expanded", "level", "pressed", "selected", "busy")
_LOOSE: tuple[Match, bool] = ("substring", True)
_STRICT: tuple[Match, bool] = ("exact", False)


def is_query(name: str) -> bool:
    """Whether this is one of their names."""
    return _QUERY.match(plain_name(name)) is not None


def query(call: Call, *, loose: bool) -> Step | None:
    """The step that a query is; ``loose`` = a text is any part of it unless it is said to be exact (Playwright)."""
    found = _QUERY.match(plain_name(call.name))
    if found is None or not call.arguments:
        return None
    what, value = found["what"], call.arguments[0]
    exact = call.options.get("exact")
    strict = not loose if exact is None else exact in (Code("true"), Code("True"))
    match, ignore_case = _STRICT if strict else _LOOSE
    if what == "Role":
        return Step(tuple(_role(value, call.options, match, ignore_case=ignore_case)))
    if what.lower() == "testid":
        test_id = compared("test_id", value)
        return Step(
            (Condition("test_id", test_id.value, TEST_ID, test_id.match, test_id.ignore_case, test_id.dynamic),)
        )
    if what == "DisplayValue":
        return Step((attribute("value", compared("text", value).value),))
    return Step((compared(_KINDS[what], value, match, ignore_case=ignore_case),))


def compared(kind: ConditionKind, value: Value, match: Match = "exact", *, ignore_case: bool = False) -> Condition:
    """A condition on what an argument says; one that is no literal is dynamic."""
    if isinstance(value, Text):
        return told(kind, value.value, match, ignore_case=ignore_case)
    if isinstance(value, Pattern):
        return told(kind, value.source, "regex", ignore_case="i" in value.flags)
    source = value.source if isinstance(value, Code | Chain) else "…"
    return Condition(kind, f"${{{source}}}", "", match, ignore_case, dynamic=True)


def said(value: Value) -> str:
    """A number or a text as it is, anything else as an expression."""
    number = isinstance(value, Code) and value.source.lstrip("-").isdecimal()
    return value.source if number else compared("text", value).value  # type: ignore[union-attr]


def _role(value: Value, options: Mapping[str, Value], match: Match, *, ignore_case: bool) -> list[Condition]:
    enum = isinstance(value, Code) and "role." in value.source.lower()
    role = told("role", value.source.rpartition(".")[2].lower()) if enum else compared("role", value)  # type: ignore[union-attr]
    conditions = [role]
    if "name" in options:
        conditions.append(compared("name", options["name"], match, ignore_case=ignore_case))
    for state in _STATES:
        if state in options:
            told_as = options[state]
            raw = told_as.source if isinstance(told_as, Code) else compared("state", told_as).value
            conditions.append(Condition("state", raw.lower(), state))
    return conditions
