"""What of an element is compared: its words, and where in the document it stands. Bounded, whatever a page says."""

import re
from collections.abc import Sequence
from functools import cached_property

from argus_streams.core.elements import Element

LONGEST = 200  # characters of one attribute, and words around an element, that are looked at
FIRST = 10  # words of a text that name an element; what follows is its content
_SAID = 60  # words of a text that are compared
_LIST = 4  # steps from an XPath's end among which its list is
_MUCH = 1_000  # characters in all, below which each text is taken whole
DEEPEST = 4_000  # characters of an XPath, from its end

# `loginButton`, `login-button` and `LOGIN_BUTTON` are the same two words; shorter ones stand everywhere
_WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}(?![a-z])|\d{3,}|[^\W\d_a-zA-Z]+")
_INDEX = re.compile(r"\[(\d{1,9})\]\Z")
_FOREIGN = re.compile(r"""\*\[local-name\(\)\s*=\s*["']([\w-]+)["']\]""")  # how XPath has to name SVG's elements
_ANCHOR = re.compile(r"""(?://\*\[@id=|id\()["'](.*?)["'][\])]""")
_ORIGIN = re.compile(r"\w+://(?:www\.)?")
_GROUPS = {
    "act": "a button summary",
    "field": "input select option textarea label",
    "text": "span p b i em strong small h1 h2 h3 h4 h5 h6 td th dt dd",
    "media": "img svg picture video canvas path figure",
    "box": "div li ul ol nav section header footer main article aside form table tr tbody",
}
_GROUP = {tag: group for group, tags in _GROUPS.items() for tag in tags.split()}
_NAMING = ("data-test", "data-cy", "data-qa", "title", "placeholder", "aria-label")  # attributes, by their beginning
_PRESSED = frozenset({"submit", "button", "btn"})
_ZONES = frozenset({"header", "nav", "footer", "main", "aside", "form", "table", "section", "article"})
_ZONE_WORDS = {"head": "header", "masthead": "header", "foot": "footer", "sidebar": "aside"}
_ZONE_WORDS |= dict.fromkeys(("navbar", "navigation", "menu"), "nav")
_ZONE_WORDS |= {zone: zone for zone in ("header", "nav", "footer", "main", "aside", "form")}


class Traits:
    """An element as it is compared; what only a closer look needs is worked out once it is asked for."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.text = " ".join(element.visible_text).lower()
        self.address = _address(element.href) if element.href else ""
        # the id of its nearest ancestor, or itself, that has one
        found = _ANCHOR.match(element.id_xpath or "")
        self.anchor = found[1][:LONGEST] if found else ""
        # what its attributes and the beginning of its text say
        named = (element.id, element.name, element.alt, element.label, self.address.rpartition("/")[2], self.anchor)
        given = [value for name, value in element.attributes.items() if name.startswith(_NAMING)]
        self.words = _words((*named, *given, *element.class_list[:FIRST], *element.visible_text[:FIRST]))

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """Its path from the root, `div[2]` a step; the first of its like is `div`, as where there is one alone."""
        path = self.element.xpath[-DEEPEST:].lower().replace("[1]", "")
        return tuple(filter(None, (_FOREIGN.sub(r"\1", path) if "*[" in path else path).split("/")))

    @property
    def placed(self) -> bool:
        """Whether it is told where in the document it stands."""
        return bool(self.steps or self.anchor)

    @cached_property
    def position(self) -> int:
        """Where it stands in its list: the nearest position that is not the first, of it and three ancestors."""
        placed = (_INDEX.search(step) for step in reversed(self.steps[-_LIST:]))
        return next((int(found[1]) for found in placed if found), 1)

    @cached_property
    def group(self) -> str:
        """What it is for: pressed, filled in, read, looked at, or holding others."""
        element, tag = self.element, self.element.tag.lower()
        if element.is_button or (tag in ("input", "label") and _PRESSED & _words((element.id, *element.class_list))):
            return "act"
        return _GROUP.get(tag, "other")

    @cached_property
    def zones(self) -> frozenset[str]:
        """The parts of the page that it stands in, as tags say, and the anchor's words where there is no such tag."""
        told = {_ZONE_WORDS[word] for word in _words((self.anchor,)) if word in _ZONE_WORDS}
        return frozenset(told.union(_ZONES.intersection(step.partition("[")[0] for step in self.steps)))

    @cached_property
    def said(self) -> frozenset[str]:
        """The words of its text."""
        return _words(self.element.visible_text[:_SAID])

    @cached_property
    def nearby(self) -> frozenset[str]:
        """The words that stand around it."""
        return frozenset(word[:LONGEST].lower() for word in self.element.neighbor_text[:LONGEST])


def _words(texts: Sequence[str | None]) -> frozenset[str]:
    said = " ".join(filter(None, texts))
    if len(said) > _MUCH:
        said = " ".join([text[:LONGEST] for text in texts if text])
    return frozenset(map(str.lower, _WORD.findall(said)))


def _address(href: str) -> str:
    """Host and path, without what differs between two visits."""
    plain = _ORIGIN.sub("", href.lower(), count=1)
    return plain.partition("#")[0].partition("?")[0].rstrip("/")
