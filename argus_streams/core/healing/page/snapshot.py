"""A page's snapshot as the elements that a lost one is looked for among."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from argus_streams.core.elements import Element
from argus_streams.core.healing.page.names import Names
from argus_streams.core.healing.page.nodes import Node, Reading, Scope
from argus_streams.core.healing.page.reader import MOST, read
from argus_streams.core.healing.page.roles import LANDMARKS, role

LONGEST = 20_000_000  # characters, or bytes where bytes are given
_SNIFFED = 4_096  # bytes in which a page says how it is encoded
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})", re.IGNORECASE)
# Decoders that take time in proportion to what they read; a page may name any of Python's.
_ENCODINGS = re.compile(
    r"utf-?8|us-ascii|iso-?8859-?\d{1,2}|latin-?1|windows-?12\d\d|shift[_-]jis|euc-(?:jp|kr)|gbk|gb2312|gb18030|big5"
    r"|koi8-[ru]",
    re.IGNORECASE,
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_TAG = re.compile(r"<[A-Za-z]")

_WORDS = 32  # of an element's own text
_AROUND = 100  # characters of text on either side
_TOLD = frozenset(
    {"id", "name", "class", "href", "alt", "value", "style", "nonce", "xlink:href"}
)  # elsewhere, or to nobody
_PRESSED = frozenset({"button", "submit", "reset", "image"})
_CHOSEN = frozenset({"checkbox", "radio"})  # whose values the page's author wrote
_CONTROLS = frozenset({"button", "input", "select", "textarea", "option", "fieldset", "optgroup"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its elements in their order, and the nodes that they were made of, one of each."""

    elements: tuple[Element, ...]
    reading: Reading
    title: str = ""
    notes: tuple[str, ...] = ()  # what could not be read, a sentence each
    flat: bool = False  # given as a list: how its elements are nested is not known
    partial: bool = False  # there may be more elements


def snapshot(source: str | bytes) -> Page:
    """The page of its HTML: at most ``LONGEST`` of it and 100,000 elements. Never fails; ``notes`` tell the rest.

    ``visible`` is ``False`` where markup alone hides an element and ``None`` otherwise, as style sheets are not read.
    What is hidden from assistive technology alone counts as hidden: a test that goes by roles does not find it.
    """
    cut = f"the snapshot was cut at {LONGEST // 1_000_000} MB" if len(source) > LONGEST else None
    source = source[:LONGEST]
    html = source if isinstance(source, str) else _decoded(source)
    if not html.strip():
        return Page((), Reading(), notes=("the snapshot is empty",))
    if not _TAG.search(html):
        return Page((), Reading(), notes=("the snapshot is no HTML: there is no tag in it",))
    reading = read(html)
    if not reading.nodes:
        reading.note("the snapshot is no HTML: there is no element in it")
    notes = (cut, *reading.notes) if cut else tuple(reading.notes)
    return Page(
        tuple(_Writer(reading).elements()),
        reading,
        " ".join(reading.title.split()),
        notes,
        partial=bool(cut) or reading.cut,
    )


def given(elements: tuple[Element, ...]) -> Page:
    """The page of elements that somebody else recorded, at most 100,000 of them."""
    kept = elements[:MOST]
    reading = Reading()
    if len(kept) < len(elements):
        reading.note(f"only the first {MOST:,} elements were looked at")
    if not kept:
        reading.note("no element of the page is told")
    paths = dict.fromkeys(element.frame for element in kept)
    scopes = {path: number for number, path in enumerate({None: None, **paths})}
    reading.scopes = [Scope(_kind(path), path=path) for path in scopes]
    reading.nodes = [_node(element, number, scopes[element.frame], reading) for number, element in enumerate(kept)]
    return Page(kept, reading, notes=tuple(reading.notes), flat=True, partial=True)


def _kind(path: str | None) -> Literal["page", "frame", "shadow"]:
    if path is None:
        return "page"
    return "shadow" if path.endswith("/shadow-root") and " >> " not in path else "frame"


def _node(element: Element, number: int, scope: int, reading: Reading) -> Node:
    """As if it had been read, of an element whose neighbours are not known."""
    told = {
        "id": element.id,
        "name": element.name,
        "class": " ".join(element.class_list),
        "href": element.href,
        "alt": element.alt,
    }
    attributes = {**element.attributes, **{name: value for name, value in told.items() if value}}
    text = reading.shown
    text.part()
    start = text.position
    text.add(" ".join(element.visible_text))
    path = element.xpath
    return Node(
        element.tag.lower(),
        attributes,
        -1,
        scope,
        path,
        element.id_xpath or path,
        start=start,
        stop=text.position,
        end=number + 1,
    )


def _decoded(source: bytes) -> str:
    """By its byte order mark, else as it declares, else UTF-8, else as Windows wrote Western pages."""
    for mark, encoding in _MARKS:
        if source.startswith(mark):
            return source[len(mark) :].decode(encoding, "replace")
    declared = _DECLARED.search(source[:_SNIFFED])
    name = declared[1].decode("ascii", "replace") if declared else ""
    if _ENCODINGS.fullmatch(name):
        try:
            return source.decode(name, "replace")
        except LookupError:  # iso-8859-12 was never finished
            pass
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError:
        return source.decode("windows-1252", "replace")


class _Writer:
    """Nodes as elements."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._names = Names(reading)
        self._words: dict[str, str] = {}  # each word once in memory
        self._inside: list[str | None] = []  # landmark that the children of each node are in

    def elements(self) -> list[Element]:
        """One of each node."""
        return [self._element(index, node) for index, node in enumerate(self._reading.nodes)]

    def _element(self, index: int, node: Node) -> Element:
        attributes = node.attributes
        plays = role(node.tag, attributes, sectioned=node.sectioned)
        label = self._names.name(index, plays)
        landmark = self._landmark(node)
        self._inside.append(_landmark(plays, label, attributes) or landmark)
        classes = tuple(attributes.get("class", "").split())
        return Element(
            tag=node.tag if node.foreign else node.tag.upper(),
            id=attributes.get("id") or None,
            name=attributes.get("name") or None,
            class_list=classes,
            href=attributes.get("href") or attributes.get("xlink:href"),
            alt=attributes.get("alt"),
            xpath=node.xpath,
            id_xpath=node.id_xpath,
            is_button=_is_button(node, classes),
            visible_text=self._visible(node),
            neighbor_text=self._neighbors(node),
            role=plays,
            label=label,
            attributes={name: value for name, value in attributes.items() if name not in _TOLD},
            visible=False if node.unrendered or node.invisible or node.silent else None,
            enabled=not node.disabled if node.disabled or node.tag in _CONTROLS else None,
            landmark=landmark,
            frame=self._reading.scopes[node.scope].path,
        )

    def _landmark(self, node: Node) -> str | None:
        """Of its parent, or of the host of the shadow root that it is in."""
        scope: Scope = self._reading.scopes[node.scope]
        around = node.parent if node.parent >= 0 else scope.host if scope.kind == "shadow" else -1
        return self._inside[around] if around >= 0 else None

    def _visible(self, node: Node) -> tuple[str, ...]:
        text = self._reading.text(node).whole()
        until = min(node.stop, node.start + 8 * _WORDS)
        words = text[node.start : until].split()
        if until < node.stop and len(words) > 1 and not text[until].isspace():
            words.pop()  # it was cut
        if not words:
            attributes = node.attributes
            words = (_value(node) or attributes.get("placeholder", "")).split()
        return self._kept(words[:_WORDS])

    def _neighbors(self, node: Node) -> tuple[str, ...]:
        text = self._reading.text(node).whole()
        before = text[max(0, node.start - _AROUND) : node.start]
        after = text[node.stop : node.stop + _AROUND]
        if node.start > _AROUND:
            before = before.partition(" ")[2]
        if len(after) == _AROUND:
            after = after.rpartition(" ")[0]
        return self._kept([*before.split(), *after.split()])

    def _kept(self, words: list[str]) -> tuple[str, ...]:
        return tuple(self._words.setdefault(word, word) for word in words)


def _value(node: Node) -> str:
    """What the page's author wrote; never what a person typed."""
    kind = node.attributes.get("type", "").strip().lower()
    if node.tag == "button" or (node.tag == "input" and kind in _PRESSED | _CHOSEN):
        return node.attributes.get("value", "")
    return ""


def _is_button(node: Node, classes: tuple[str, ...]) -> bool:
    if node.tag == "a":
        return any("btn" in each.lower() for each in classes)
    kind = node.attributes.get("type", "").strip().lower()
    return node.tag == "button" or (node.tag == "input" and kind in _PRESSED - {"image"})


def _landmark(role: str | None, label: str | None, attributes: Mapping[str, str]) -> str | None:
    """How those inside tell of it: ``navigation "Main"``, ``form "checkout"``."""
    if role not in LANDMARKS:
        return None
    called = label or attributes.get("id") or attributes.get("name")
    return f'{role} "{called}"' if called else role
