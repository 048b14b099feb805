"""A new locator, in the language and the style of the test's own."""

import re

from argus_streams.core.healing.locators import playwright
from argus_streams.core.healing.locators.anchor import Anchor
from argus_streams.core.healing.locators.calls import plain_name
from argus_streams.core.healing.locators.conditions import TEST_ID
from argus_streams.core.healing.locators.locator import Locator, Style
from argus_streams.core.healing.locators.plain import css_of, plain_of, xpath_of
from argus_streams.core.healing.locators.queries import is_query
from argus_streams.core.healing.locators.quoting import css_string, inner, pattern, string
from argus_streams.core.healing.locators.roles import selectors
from argus_streams.core.healing.locators.spelling import Named, Spelling, javascript, pascal, snake, spelling

_XPATH = ("/", "(/", "./")
_FINDING = re.compile(r"(?P<how>get|query|find)(?P<many>All|_all)?", re.IGNORECASE)
_METHODS = {
    "role": "Role",
    "text": "Text",
    "label": "Label",
    "placeholder": "Placeholder",
    "alt": "AltText",
    "title": "Title",
    "test_id": "TestId",
}
_LIBRARY = {**_METHODS, "label": "LabelText", "placeholder": "PlaceholderText"}


def written(anchor: Anchor, like: Locator) -> str:
    """A locator that finds the anchor's element, as the test that has ``like`` would write it.

    What the old one looked inside of is left out, but for a frame: an anchor is unique on its page. Where the
    framework has no word for an anchor, it is CSS or XPath for the same.
    """
    if like.language == "playwright":
        return _playwright(anchor, like)
    if like.language == "cypress":
        return _cypress(anchor, like)
    if like.language == "testing_library":
        return _testing_library(anchor, like)
    if like.language == "selenium":
        return _selenium(anchor, like)
    if like.language == "xpath":
        return xpath_of(anchor)
    return replaced(like, plain_of(anchor, inner(like.style.quote)))


def replaced(like: Locator, selector: str) -> str:
    """A plain selector, CSS or XPath, in place of what the test's locator looks for."""
    style, is_xpath = like.style, selector.startswith(_XPATH)
    said = string(selector, style.quote)
    if like.language == "selenium":
        return _by("xpath" if is_xpath else "css", selector, style)
    if not style.call:
        return selector
    if like.language == "cypress":
        return _closed(style, f"{'xpath' if is_xpath else 'get'}({said}")
    if like.language == "testing_library":
        return f"{_await(style)}{_in_document(said, is_xpath=is_xpath)}"
    if like.language == "webdriverio":
        return _closed(style, f"{'$$' if style.call == '$$' else '$'}({said}")
    selecting = playwright.locates(style.call)
    return _closed(style, f"{style.call if selecting else _like(style.call, 'locator')}({said}")


def _in_document(said: str, *, is_xpath: bool) -> str:
    if not is_xpath:
        return f"document.querySelector({said})"
    return f"document.evaluate({said}, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue"


def _playwright(anchor: Anchor, like: Locator) -> str:
    style = like.style
    speech = spelling(style, like.text) if style.call else None
    default_id = anchor.by == "test_id" and anchor.attribute in {None, TEST_ID}
    known = anchor.by in _METHODS and (default_id or anchor.by != "test_id")
    if speech is None or not known or _wants_selector(style.call):
        return replaced(like, _engine(anchor, inner(style.quote) if style.call else '"'))
    method = f"getBy{_METHODS[anchor.by]}"
    if anchor.by == "role":
        named: Named = [("name", anchor.name), ("exact", True)] if anchor.name is not None else []
        return _closed(style, speech.call(method, speech.role(anchor.value), named))
    exact: Named = [] if anchor.by == "test_id" else [("exact", True)]
    return _closed(style, speech.call(method, string(anchor.value, speech.quote), exact))


def _wants_selector(call: str) -> bool:
    """Whether the call takes a selector and is no ``locator``, in whose place another can stand."""
    return playwright.locates(call) and plain_name(call) not in {"locator", "frameLocator"}


def _engine(anchor: Anchor, quote: str) -> str:
    """Playwright's selector, which says more than CSS."""
    if anchor.by == "text":
        return f"text={css_string(anchor.value, quote)}"
    if anchor.by == "role":
        name = f"[name={css_string(anchor.name, quote)}]" if anchor.name is not None else ""
        return f"role={anchor.value}{name}"
    return plain_of(anchor, quote)


def _cypress(anchor: Anchor, like: Locator) -> str:
    style = like.style
    # Testing Library's commands begin with `find`; others of these names are the project's own.
    own = anchor.by == "test_id" or style.call.startswith("find")
    if is_query(style.call) and _is_query(anchor) and own:
        return _closed(style, _query(anchor, style))
    if style.call == "xpath":
        return replaced(like, xpath_of(anchor, inner(style.quote)))
    if anchor.by == "text":
        return _closed(style, f"contains({pattern(anchor.value)}")
    quote = inner(style.quote)
    if anchor.by == "role":
        return replaced(like, ", ".join(_named(each, anchor.name, quote) for each in selectors(anchor.value)))
    said = css_of(anchor, quote) or f"[aria-label={css_string(anchor.value, quote)}]"
    return replaced(like, said)


def _named(selector: str, name: str | None, quote: str) -> str:
    if name is None:
        return selector
    said = css_string(name, quote)
    shown = f"[value={said}]" if selector.startswith("input") else f":contains({said})"
    return f"{selector}[aria-label={said}], {selector}{shown}"


def _testing_library(anchor: Anchor, like: Locator) -> str:
    if _is_query(anchor) and like.style.call not in {"querySelector", "querySelectorAll"}:
        called = _closed(like.style, _query(anchor, like.style))
        return called.replace(like.style.before, f"{like.style.before}screen.", 1) if _is_within(like) else called
    return replaced(like, plain_of(anchor, inner(like.style.quote)))


def _is_within(like: Locator) -> bool:
    return like.text[len(like.style.before) :].lstrip().startswith("within(")


def _is_query(anchor: Anchor) -> bool:
    return anchor.by in _LIBRARY and (anchor.by != "test_id" or anchor.attribute in {None, TEST_ID})


def _query(anchor: Anchor, style: Style) -> str:
    """One of Testing Library's queries, without its last bracket; it waits or not as the old one did."""
    found = _FINDING.match(style.call)
    begins = f"{found['how']}{found['many'] or ''}" if found else "get"
    named: Named = [("name", anchor.name)] if anchor.by == "role" and anchor.name is not None else []
    speech: Spelling = javascript(style.quote)
    return speech.call(f"{begins}By{_LIBRARY[anchor.by]}", string(anchor.value, style.quote), named)


def _selenium(anchor: Anchor, like: Locator) -> str:
    if anchor.by in {"id", "name"}:
        return _by(anchor.by, anchor.value, like.style)
    return replaced(like, plain_of(anchor, inner(like.style.quote)))


def _by(name: str, value: str, style: Style) -> str:
    """A strategy and its value, as Python, Java, JavaScript, C# or Ruby have it; without code, as a selector."""
    if not style.call:
        return {"id": f"By.id: {value}", "name": f"By.name: {value}"}.get(name, f"By.{_JAVA[name]}: {value}")
    return f"{style.before}{_strategy(name, style)}{string(value, style.quote)}{style.after}"


_JAVA = {"id": "id", "name": "name", "css": "cssSelector", "xpath": "xpath"}


def _strategy(name: str, style: Style) -> str:
    """What stands in front of the value."""
    call, java = style.call, _JAVA[name]
    old = re.search(r"[A-Za-z]+(?:_[A-Za-z]+)*", call.partition(".")[2] or call)
    told = old[0] if old else java
    if told.lower().startswith(("find_element", "findelement")):
        return re.sub(r"(?i)(by_?)\w+", lambda found: found[1] + (snake(java) if "_" in told else pascal(java)), call)
    if told.isupper():
        new = {"css": "CSS" if "How" in call else "CSS_SELECTOR"}.get(name, name.upper())
    elif told[:1].isupper():
        new = {"xpath": "XPath"}.get(name, pascal(java))
    else:
        alone = style.before.endswith((":", "(")) and "." not in call
        new = "css" if name == "css" and (alone or told == "css") else java
    return call.replace(told, new, 1)


def _closed(style: Style, call: str) -> str:
    """The call in the place of the old one."""
    return f"{style.before}{call}{style.after or ')'}"


def _await(style: Style) -> str:
    return "await " if style.before.lstrip().startswith("await ") else ""


def _like(call: str, name: str) -> str:
    return pascal(name) if call[:1].isupper() else name
