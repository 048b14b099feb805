"""Which role an element has for assistive technology, and what follows from it.

Roles of tags: the HTML Accessibility API Mappings 1.0 (w3.org/TR/html-aam-1.0), those that tests go by.
"""

from collections.abc import Mapping

_ROLES = {
    "article": "article", "aside": "complementary", "body": "document", "button": "button", "caption": "caption",
    "datalist": "listbox", "dd": "definition", "details": "group", "dialog": "dialog", "dt": "term",
    "fieldset": "group", "figure": "figure", "form": "form", "h1": "heading", "h2": "heading", "h3": "heading",
    "h4": "heading", "h5": "heading", "h6": "heading", "hr": "separator", "li": "listitem", "main": "main",
    "math": "math", "menu": "list", "meter": "meter", "nav": "navigation", "ol": "list", "optgroup": "group",
    "option": "option", "output": "status", "p": "paragraph", "progress": "progressbar", "search": "search",
    "table": "table", "tbody": "rowgroup", "td": "cell", "textarea": "textbox", "tfoot": "rowgroup",
    "thead": "rowgroup", "tr": "row", "ul": "list",
}  # fmt: skip
_INPUTS = {
    "button": "button", "checkbox": "checkbox", "email": "textbox", "image": "button", "number": "spinbutton",
    "radio": "radio", "range": "slider", "reset": "button", "search": "searchbox", "submit": "button",
    "tel": "textbox", "text": "textbox", "url": "textbox",
}  # fmt: skip
_NO_ROLE_INPUTS = frozenset({"hidden", "password", "file", "color", "date", "datetime-local", "month", "time", "week"})
_SUGGESTED = frozenset({"email", "search", "tel", "text", "url"})  # inputs that a `list` makes a combobox of
_HEADERS = {"row": "rowheader", "rowgroup": "rowheader", "col": "columnheader", "colgroup": "columnheader"}

LANDMARKS = frozenset({
    "main", "navigation", "form", "search", "banner", "contentinfo", "complementary", "region", "dialog", "alertdialog",
})  # fmt: skip
# Roles whose name may be their content (ARIA 1.2, 5.2.8.4).
NAMED_BY_CONTENT = frozenset({
    "button", "cell", "checkbox", "columnheader", "gridcell", "heading", "link", "menuitem", "menuitemcheckbox",
    "menuitemradio", "option", "radio", "row", "rowheader", "switch", "tab", "tooltip", "treeitem",
})  # fmt: skip
# What a person does with it: one of a family stands for another when a page is built anew.
_FAMILIES = {
    "button": "button", "link": "link", "menuitem": "menu item", "menuitemcheckbox": "menu item",
    "menuitemradio": "menu item", "tab": "tab", "option": "option", "treeitem": "option",
    "checkbox": "switch", "switch": "switch", "radio": "radio button",
    "textbox": "text field", "searchbox": "text field", "combobox": "choice", "listbox": "choice",
    "spinbutton": "number field", "slider": "slider",
}  # fmt: skip
_FIELDS = {"password": "password field", "file": "file field", "color": "color field"}
_DATES = frozenset({"date", "datetime-local", "month", "time", "week"})


def role(tag: str, attributes: Mapping[str, str], *, sectioned: bool) -> str | None:
    """The role that the page tells, else that of the tag.

    ``sectioned`` = it is inside an article, aside, main, nav or section: its header is not the page's banner.
    """
    told = attributes.get("role", "").split()
    if told:
        return told[0].lower()
    if tag in {"header", "footer"}:
        return None if sectioned else {"header": "banner", "footer": "contentinfo"}[tag]
    if tag == "th":
        return _HEADERS.get(attributes.get("scope", "").lower(), "columnheader")
    return _of_tag(tag, attributes)


def family(tag: str, role: str | None, kind: str | None) -> str | None:
    """What a person does with an element, by its role and, of an input, its ``type``; ``None`` = nothing."""
    if tag.lower() == "input" and kind:
        told = "date field" if kind.lower() in _DATES else _FIELDS.get(kind.lower())
        if told:
            return told
    return _FAMILIES.get(role or "")


def _of_tag(tag: str, attributes: Mapping[str, str]) -> str | None:
    match tag:
        case "a" | "area":
            return "link" if "href" in attributes else None
        case "input":
            return _of_input(attributes)
        case "select":
            several = "multiple" in attributes or attributes.get("size", "1") not in {"", "0", "1"}
            return "listbox" if several else "combobox"
        case "img":
            return "none" if attributes.get("alt") == "" else "img"
        case "section":
            return "region" if {"aria-label", "aria-labelledby", "title"} & attributes.keys() else None
        case _:
            return _ROLES.get(tag)


def _of_input(attributes: Mapping[str, str]) -> str | None:
    kind = attributes.get("type", "text").lower()
    if kind in _NO_ROLE_INPUTS:
        return None
    if "list" in attributes and kind in _SUGGESTED:
        return "combobox"
    return _INPUTS.get(kind, "textbox")
