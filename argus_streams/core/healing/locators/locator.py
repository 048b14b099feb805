"""A test's locator, whatever language it is written in, as one value.

A locator is a chain of steps; each starts from the elements that the step before it found (the first from the page)
and keeps those that all its conditions are true of. ``cy.get('#menu').find('a').first()`` is three steps:
descendant ``id = menu``, descendant ``tag = a``, filter ``nth = 0``.

A value that is put together when the test runs is ``dynamic``: whatever language it is written in, its expressions
stand in it as ``${…}``.
"""

from typing import Literal

from msgspec import Struct

Language = Literal["css", "xpath", "playwright", "testing_library", "cypress", "selenium", "webdriverio", "unknown"]
Combinator = Literal[
    "descendant",
    "child",
    "adjacent",  # the next sibling
    "sibling",  # any later sibling
    "parent",
    "ancestor",  # the closest one
    "filter",  # some of what was found
    "frame",  # in the document of the frame that was found
    "shadow",  # in the shadow root of the element that was found
    "axis",  # any other way, which `name` of an `axis` condition tells
]
ConditionKind = Literal[
    "tag", "id", "class", "attribute", "test_id",
    # What people and assistive technology go by; `name` is the accessible name, beside a `role`.
    "role", "name", "state", "text", "label", "placeholder", "alt", "title",
    "nth",  # which of all that were found, from 0; -1 = the last
    "pseudo",  # a CSS pseudo-class by its `name`, or a predicate of XPath; `value` is its argument
    "has",  # holds what one of the `inner` chains finds
    "not",  # is none of what the `inner` chains find
    "any",  # is what one of the `inner` chains finds: a list of selectors, `or`
    "axis",
    "dynamic",  # a whole selector that only the running test knows; `value` is the expression
]  # fmt: skip
Match = Literal["exact", "substring", "prefix", "suffix", "word", "dash", "regex", "present"]


class Condition(Struct, frozen=True, omit_defaults=True):
    """What is true of an element; ``name`` is that of an attribute, a state or a pseudo-class."""

    kind: ConditionKind
    value: str = ""
    name: str = ""
    match: Match = "exact"  # of texts: but for white space
    ignore_case: bool = False
    dynamic: bool = False
    inner: tuple[tuple["Step", ...], ...] = ()  # each one a chain of its own


class Step(Struct, frozen=True, omit_defaults=True):
    """From the elements found so far to those that all conditions are true of."""

    conditions: tuple[Condition, ...]
    combinator: Combinator = "descendant"


class Style(Struct, frozen=True, omit_defaults=True):
    """What a new locator takes over from the old one, beside its language."""

    before: str = ""  # code that stands in front of the call that locates: "await page."
    call: str = ""  # its name: "locator", "get", "getByRole", "find_element"; empty = a selector alone
    after: str = ""  # what follows what locates: ", { timeout: 1000 })", ").click()"
    quote: str = "'"


class Locator(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A locator as its test writes it, and what it means."""

    language: Language
    text: str  # as the test writes it
    steps: tuple[Step, ...] = ()
    reason: str = ""  # short and fixed: why it is unknown
    style: Style = Style()

    @property
    def dynamic(self) -> bool:
        """Whether only the running test knows all of it."""
        return any(_is_dynamic(step) for step in self.steps)


def _is_dynamic(step: Step) -> bool:
    return any(
        condition.dynamic or any(_is_dynamic(inner) for chain in condition.inner for inner in chain)
        for condition in step.conditions
    )
