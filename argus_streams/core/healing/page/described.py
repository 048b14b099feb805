"""The element that a broken locator describes, where nobody recorded it while it could be found."""

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.locator import Condition, Locator
from argus_streams.core.healing.page.conditions import plain
from argus_streams.core.healing.page.roles import role

_ATTRIBUTES = frozenset({"placeholder", "title"})


def described(locator: Locator) -> Element | None:
    """All that its last step tells of the element; ``None`` = it tells nothing of it.

    It is less than an element that was recorded: whoever it is like is tried before it is written down.
    """
    steps = [step for step in locator.steps if not all(each.kind in {"nth", "pseudo"} for each in step.conditions)]
    last = [step for step in steps[-1:] if step.combinator not in {"parent", "axis"}]
    told = [*(each for step in last for each in step.conditions if not each.dynamic and each.kind != "dynamic")]
    if (
        last and last[0].combinator == "filter" and len(steps) > 1
    ):  # cy.contains('button', 'Go'): one element, two steps
        told = [*steps[-2].conditions, *told]
    known = {each.kind: said for each in told if (said := plain(each)) and said[1] and said[1] != "*"}
    if not known:
        return None
    return _element(told, {kind: text for kind, (_, text) in known.items()})


def _element(told: list[Condition], known: dict[str, str]) -> Element:
    attributes = {each.name or "data-testid": each.value for each in told if each.kind in {"attribute", "test_id"}}
    attributes.update({kind: known[kind] for kind in known.keys() & _ATTRIBUTES})
    tag = known.get("tag", "")
    named = known.get("name") or known.get("label") or known.get("text") or known.get("title")
    return Element(
        tag=tag.upper(),
        id=known.get("id"),
        name=attributes.get("name"),
        class_list=tuple(each.value for each in told if each.kind == "class"),
        href=attributes.get("href"),
        alt=known.get("alt"),
        visible_text=tuple((known.get("text") or known.get("name") or known.get("placeholder") or "").split()),
        role=known.get("role") or role(tag.lower(), attributes, sectioned=False),
        label=named,
        attributes={name: value for name, value in attributes.items() if name not in {"name", "href"}},
    )
