"""Which elements have a role without being told so, for languages that know no roles.

https://www.w3.org/TR/html-aria/#docconformance, those that tests ask for.
"""

from collections.abc import Mapping

_INPUTS = ("text", "email", "tel", "url")
NATIVE: Mapping[str, tuple[str, ...]] = {
    "button": ("button", *(f"input[type={each}]" for each in ("button", "submit", "reset"))),
    "link": ("a[href]", "area[href]"),
    "textbox": ("textarea", "input:not([type])", *(f"input[type={each}]" for each in _INPUTS)),
    "searchbox": ("input[type=search]",),
    "checkbox": ("input[type=checkbox]",),
    "radio": ("input[type=radio]",),
    "spinbutton": ("input[type=number]",),
    "slider": ("input[type=range]",),
    "combobox": ("select",),
    "listbox": ("select[multiple]",),
    "option": ("option",),
    "heading": ("h1", "h2", "h3", "h4", "h5", "h6"),
    "img": ("img",),
    "list": ("ul", "ol", "menu"),
    "listitem": ("li",),
    "table": ("table",),
    "row": ("tr",),
    "cell": ("td",),
    "columnheader": ("th",),
    "rowgroup": ("tbody", "thead", "tfoot"),
    "navigation": ("nav",),
    "main": ("main",),
    "banner": ("header",),
    "contentinfo": ("footer",),
    "complementary": ("aside",),
    "form": ("form",),
    "dialog": ("dialog",),
    "article": ("article",),
    "region": ("section",),
    "group": ("fieldset", "details"),
    "progressbar": ("progress",),
    "separator": ("hr",),
    "paragraph": ("p",),
}


def selectors(role: str) -> tuple[str, ...]:
    """The CSS selectors of all elements that have a role."""
    return (*NATIVE.get(role, ()), f'[role="{role}"]')
