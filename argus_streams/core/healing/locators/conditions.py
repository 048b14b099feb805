"""Conditions that several languages have words for, and the expressions inside of their texts."""

import re

from argus_streams.core.healing.locators.locator import Condition, ConditionKind, Match, Step
from argus_streams.core.healing.locators.tokens import EXPRESSION
from argus_streams.errors import Malformed

DEEPEST = 8  # selectors inside selectors
TEST_ID = "data-testid"  # where a language does not say which attribute it is
TEST_IDS = frozenset(
    {
        *("data-testid", "data-test-id", "data-test", "data-test-name", "data-test-selector", "data-test-subj"),
        *("data-cy", "data-qa", "data-qa-id", "data-pw", "data-e2e", "data-e2e-id", "data-tid", "data-automation-id"),
        *("data-automationid", "data-selenium", "data-component", "test-id", "testid", "qa-id"),
    }
)
_KINDS: dict[str, ConditionKind] = {"placeholder": "placeholder", "alt": "alt", "title": "title"}
_FIRST_SEAL = 0xF0000  # code points that no page uses: each stands for one expression
_SEAL = re.compile("[\U000f0000-\U000fffff]")


class Sealed:
    """A text in which each expression is one letter, so that a selector's grammar reads over it."""

    def __init__(self, text: str) -> None:
        if _SEAL.search(text):
            raise Malformed("letters that no page uses")
        self._expressions = list[str]()
        self.text = EXPRESSION.sub(self._sealed, text)

    def _sealed(self, found: re.Match[str]) -> str:
        self._expressions.append(found[0])
        return chr(_FIRST_SEAL + len(self._expressions) - 1)

    def opened(self, text: str) -> str:
        """A part of the text with the expressions themselves."""
        return _SEAL.sub(lambda found: self._expressions[ord(found[0]) - _FIRST_SEAL], text)


def is_dynamic(text: str) -> bool:
    """Whether an expression is part of the text."""
    return EXPRESSION.search(text) is not None


def attribute(name: str, value: str = "", match: Match = "exact", *, ignore_case: bool = False) -> Condition:
    """What an attribute of this name has to be, under the word that there is for it."""
    lower, dynamic = name.lower(), is_dynamic(value)
    if lower == "id" and match == "exact":
        return Condition("id", value, ignore_case=ignore_case, dynamic=dynamic)
    if lower == "class" and match == "word":
        return Condition("class", value, ignore_case=ignore_case, dynamic=dynamic)
    if lower in TEST_IDS and match != "present":
        return Condition("test_id", value, lower, match, ignore_case, dynamic)
    if lower in _KINDS and match != "present":
        return Condition(_KINDS[lower], value, "", match, ignore_case, dynamic)
    return Condition("attribute", value, lower, match, ignore_case, dynamic or is_dynamic(name))


def told(kind: ConditionKind, value: str, match: Match = "exact", *, ignore_case: bool = False) -> Condition:
    """A condition without a name, marked as dynamic where it is."""
    return Condition(kind, value, "", match, ignore_case, is_dynamic(value))


def nth(number: str) -> Step:
    """Which of all that were found; ``number`` counts from 0, or -1 = the last."""
    return Step((Condition("nth", number, dynamic=is_dynamic(number)),), "filter")
