"""What Testing Library says. It tells no locator, but all that its query was given: the query is written anew."""

import re
from collections.abc import Mapping

from argus_streams.core.healing.failures.read import LINE, Read, read_of, said
from argus_streams.core.healing.locators.quoting import string

_MARKS = ("Unable to find an", "Unable to find a label", "Found a label", "Found multiple elements")
_TOLD = re.compile(
    r"(?:(?P<none>Unable to find an? (?:accessible )?(?:element|label)|Found a label)|Found multiple elements)"
    r" (?:with )?(?:the )?(?:role[: ]+\"?(?P<role>[\w-]{1,40})\"?(?: and name[: ]+(?P<name>[^\n]{1,1024}))?"
    r"|by: \[(?P<attribute>[\w-]{1,60})=\"(?P<id>[^\n]{1,1024}?)\"\]"
    rf"|(?P<what>text of|text|placeholder text of|alt text|title|display value|testID|placeholder): (?P<value>{LINE}))"
)
_ENDS = re.compile(
    r"(?:\. This could be because|, which matches selector|, however no form control|, but there was no)[^\n]*\Z"
)
_QUERIES: Mapping[str, str] = {
    "text": "ByText",
    "placeholder text of": "ByPlaceholderText",
    "placeholder": "ByPlaceholderText",
    "alt text": "ByAltText",
    "title": "ByTitle",
    "display value": "ByDisplayValue",
    "testID": "ByTestId",
    "text of": "ByLabelText",
}
_REGEX = re.compile(r"/.+/[a-z]*\Z")


def read(text: str, *, of_cypress: bool) -> Read | None:
    """What the text says if it is Testing Library's; ``of_cypress`` = its queries are commands of Cypress."""
    found = _TOLD.search(text) if said(text, _MARKS) else None
    if found is None:
        return None
    query = _query(found)
    locator = f"cy.find{query}" if of_cypress else f"screen.get{query}"
    return read_of("not_found" if found["none"] else "ambiguous", found[0], locator)


def _query(found: re.Match[str]) -> str:
    if found["role"]:
        name = _said(found["name"].strip().strip('`"')) if found["name"] else ""
        return f"ByRole({string(found['role'], QUOTE)}{f', {{ name: {name} }}' if name else ''})"
    if found["attribute"]:
        return f"ByTestId({string(found['id'], QUOTE)})"
    return f"{_QUERIES[found['what']]}({_said(_ENDS.sub('', found['value']).strip())})"


def _said(value: str) -> str:
    """A text as a string, a regular expression as it is."""
    return value if _REGEX.match(value) else string(value, QUOTE)


QUOTE = "'"
