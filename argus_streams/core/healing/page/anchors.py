"""New ways to name an element: each finds it alone on its page, the one that will last longest comes first."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import NamedTuple

from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.anchor import Anchor, AnchorKind
from argus_streams.core.healing.locators.conditions import TEST_IDS
from argus_streams.core.healing.locators.css import css
from argus_streams.core.healing.locators.locator import Condition, ConditionKind, Language, Locator, Step
from argus_streams.core.healing.page.generated import is_generated, is_stable_class
from argus_streams.core.healing.page.likeness import has_numbers
from argus_streams.core.healing.page.matching import located
from argus_streams.core.healing.page.roles import NAMED_BY_CONTENT
from argus_streams.core.healing.page.selectors import escaped, pathway
from argus_streams.core.healing.page.snapshot import Page
from argus_streams.core.healing.page.terms import PageTerms
from argus_streams.errors import Malformed

_LONGEST = 60  # characters of a text to hold on to
_CLASSES = 6  # that are looked at, of one element
_NUMBERED = 0.15  # what a text with numbers in it loses: counts and prices change
_FIELDS = frozenset({"input", "select", "textarea"})
_READ: dict[AnchorKind, ConditionKind] = {  # loosely, as frameworks do by default
    "label": "label", "placeholder": "placeholder", "text": "text", "alt": "alt", "title": "title",
}  # fmt: skip
# What a language has no words for: written in it, it is long, and hard to read.
_AWKWARD: dict[Language, frozenset[AnchorKind]] = {
    "css": frozenset({"role", "label", "text"}),
    "cypress": frozenset({"role", "label"}),
    "selenium": frozenset({"role", "label", "text"}),
    "testing_library": frozenset({"id", "name", "css"}),
    "webdriverio": frozenset({"role", "label", "text"}),
    "xpath": frozenset({"role", "label"}),
}
_KINDS: dict[str, AnchorKind] = {
    "test_id": "test_id", "role": "role", "label": "label", "placeholder": "placeholder", "text": "text", "alt": "alt",
    "title": "title", "id": "id", "class": "css", "tag": "css",
}  # fmt: skip


class Rated(NamedTuple):
    """An anchor that finds its element alone."""

    anchor: Anchor
    stability: float  # share of such anchors that is unchanged after four months
    reason: str  # one sentence for people


def best(page: Page, index: int, like: Locator, terms: PageTerms, usable: Callable[[Anchor], bool]) -> Rated | None:
    """The most stable anchor of the page's element of this index, or that of the test's own kind if about as good.

    ``None`` where nothing that is usable tells it from the others.
    """
    node = page.reading.nodes[index]
    if node.tag in {"html", "body"}:
        return None
    document, leaf = page.reading.document(node.scope), node.end == index + 1

    def alone(rated: Rated) -> bool:
        return usable(rated.anchor) and found_by(page, rated.anchor, document) == (index,)

    awkward = _AWKWARD.get(like.language, frozenset())

    def worth(rated: Rated) -> float:
        return rated.stability - (terms.awkward if rated.anchor.by in awkward else 0)

    named = sorted(_named(page.elements[index], like, terms, leaf=leaf), key=worth, reverse=True)
    first = next(filter(alone, named), None)
    if first is None or first.anchor.by == "css":
        path = next(filter(alone, _paths(page, index, terms)), None)
        return max((rated for rated in (first, path) if rated), key=lambda rated: rated.stability, default=None)
    kind = _kind(like)
    own = [rated for rated in named if rated.anchor.by == kind and worth(rated) + terms.about >= worth(first)]
    return next(filter(alone, own), first)


def found_by(page: Page, anchor: Anchor, document: int = 0) -> tuple[int, ...] | None:
    """Which elements of a document an anchor finds, where texts are read as loosely as any framework does."""
    try:
        steps = css(anchor.value) if anchor.by == "css" else (_step(anchor),)
    except Malformed:
        return None
    return located(page, Locator(language="playwright", text="", steps=steps), document)


def _step(anchor: Anchor) -> Step:
    if anchor.by == "role":
        named = Condition("name", anchor.name or "", match="substring", ignore_case=True)
        return Step((Condition("role", anchor.value), named))
    if anchor.by == "test_id":
        return Step((Condition("test_id", anchor.value, anchor.attribute or ""),))
    if anchor.by == "name":
        return Step((Condition("attribute", anchor.value, "name"),))
    if anchor.by in _READ:
        return Step((Condition(_READ[anchor.by], anchor.value, match="substring", ignore_case=True),))
    return Step((Condition("id", anchor.value),))


def _named(element: Element, like: Locator, terms: PageTerms, *, leaf: bool) -> Iterator[Rated]:
    """By what the element itself has."""
    yield from _made_for_tests(element, like, terms)
    yield from _read(element, terms)
    if leaf or element.role in NAMED_BY_CONTENT:  # else it is the text of all that is inside
        text = " ".join(element.visible_text)
        yield from _text(Anchor(by="text", value=text), text, terms)
    if _chosen(element.id):
        yield Rated(Anchor(by="id", value=element.id or ""), terms.stability["id"], "an id that somebody chose")
    if _chosen(element.name):
        yield Rated(
            Anchor(by="name", value=element.name or ""), terms.stability["name"], "a name that a form is sent by"
        )
    yield from _classes(element, terms)


def _read(element: Element, terms: PageTerms) -> Iterator[Rated]:
    """By what people read, or hear."""
    label, attributes = element.label, element.attributes
    if element.role and label:
        yield from _text(Anchor(by="role", value=element.role, name=label), label, terms)
    texts: tuple[tuple[AnchorKind, str | None], ...] = (
        ("label", label if element.tag.lower() in _FIELDS and element.role != "button" else None),
        ("placeholder", attributes.get("placeholder")),
        ("alt", element.alt),
        ("title", attributes.get("title")),
    )
    for by, value in texts:
        if value:
            yield from _text(Anchor(by=by, value=" ".join(value.split())), value, terms)


def _text(anchor: Anchor, said: str, terms: PageTerms) -> Iterator[Rated]:
    if not said or len(said) > _LONGEST:
        return
    stability, reason = terms.stability[anchor.by], f"its {anchor.by.replace('_', ' ')} is what people go by"
    if has_numbers(said):
        stability, reason = stability - _NUMBERED, f"{reason}, and has numbers in it that may change"
    yield Rated(anchor, round(stability, 4), reason)


def _made_for_tests(element: Element, like: Locator, terms: PageTerms) -> Iterator[Rated]:
    """By an attribute that is there for tests; that of the project's own locators first."""
    own = [each.name for step in like.steps for each in step.conditions if each.kind == "test_id" and each.name]
    for name in dict.fromkeys((*own, *terms.test_ids, *sorted(TEST_IDS))):
        value = element.attributes.get(name)
        if value and len(value) <= _LONGEST and not is_generated(value):
            anchor = Anchor(by="test_id", value=value, attribute=name)
            yield Rated(anchor, terms.stability["test_id"], f"{name} is there for tests")


def _classes(element: Element, terms: PageTerms) -> Iterator[Rated]:
    """By one class, or two, that say what the element is."""
    stable = [f".{escaped(each)}" for each in element.class_list if is_stable_class(each)][:_CLASSES]
    for number, pair in enumerate((*((each,) for each in stable), *combinations(stable, 2))):
        stability = terms.stability["css"] * (1 if number < len(stable) else terms.stability["css"])
        selector = f"{escaped(element.tag.lower())}{''.join(pair)}"
        yield Rated(Anchor(by="css", value=selector), round(stability, 4), "classes that say what it is")


def _paths(page: Page, index: int, terms: PageTerms) -> Iterator[Rated]:
    """By where it stands: inside of something that has a name, at worst from the page's root."""
    for selector, steps in pathway(page, index):
        reason = f"a path of {steps} from an element with a name of its own"
        if steps < 0:
            reason = "nothing but its place on the page tells it from others: any change of the page breaks it"
        stability = terms.path if steps >= 0 else terms.root
        yield Rated(Anchor(by="css", value=selector), stability, reason)


def _chosen(value: str | None) -> bool:
    return bool(value) and len(value or "") <= _LONGEST and not is_generated(value or "")


def _kind(like: Locator) -> AnchorKind | None:
    """Which kind the test itself goes by."""
    kinds = (_KINDS.get(each.kind) for step in reversed(like.steps) for each in step.conditions)
    return next((kind for kind in kinds if kind), None)
