"""HTML into nodes, however broken, long or deep it is, in time and memory that grow with its length alone.

Nodes are made while the parser reads. A tree of lxml's own would take time with the square of an element's attributes.
"""

import re
from collections import Counter, deque
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from argus_streams.core.healing.page.nodes import Node, Reading, Scope
from argus_streams.core.healing.page.styles import disabling, invisible, unrendered

MOST = 100_000  # elements
DEEPEST = 512  # as Chromium's own parser
FRAMES = 100
_PATH = 2_000  # characters of an XPath
_VALUE = 500  # characters of an attribute
_ATTRIBUTES = 64
_CHUNK = 65_536
_UNREAD = frozenset({"script", "style", "head", "meta", "link", "base", "title"})  # no elements that a person meets
_SECTIONS = frozenset({"article", "aside", "main", "nav", "section"})
_FOREIGN = frozenset({"svg", "math"})
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark",
    "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})  # fmt: skip
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_ROOT = Node("", {}, -1, 0, "", "")


def read(html: str) -> Reading:
    """The elements of a page and of the frames and shadow roots that it holds. Never fails; ``notes`` tell the rest."""
    reading = Reading(scopes=[Scope("page")])
    reader = _Reader(reading)
    waiting = deque([_Frame(html, 0, _ROOT)])
    entered = 0
    while waiting:
        frame = waiting.popleft()
        if entered > FRAMES:
            reading.note(f"only the first {FRAMES} frames were entered")
            break
        entered += 1
        waiting.extend(reader.document(frame))
    return reading


@dataclass(frozen=True, slots=True)
class _Frame:
    """A document that is still to be read."""

    html: str
    scope: int
    host: Node


@dataclass(slots=True)
class _Open:
    """An element whose end has not come."""

    tag: str
    node: Node  # itself, or what it is in when it is none of the page's elements
    index: int  # of the node; -1 = root
    own: bool  # whether the node is its own
    unread: bool


class _Reader:
    """The target of a parser: it is told of tags and text in their order."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._open: list[_Open] = []
        self._frames: list[_Frame] = []
        self.full = False

    def document(self, frame: _Frame) -> list[_Frame]:
        """Read one document; what is given back are the frames inside it."""
        self._frames = []
        host = frame.host
        root = Node("", {}, -1, frame.scope, "", "", unrendered=host.unrendered, invisible=host.invisible)
        self._open = [_Open("", root, -1, own=False, unread=False)]
        target: Any = self  # the stubs ask for more callbacks than lxml does
        parser = etree.HTMLParser(
            target=target, encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
        )
        encoded = frame.html.encode("utf-8", "replace")
        try:
            for at in range(0, len(encoded), _CHUNK):
                parser.feed(encoded[at : at + _CHUNK])
                if self.full:
                    break
            parser.close()
        except etree.LxmlError as error:
            self._reading.note(f"the snapshot can not be read: {str(error)[:100]}")
        while len(self._open) > 1:
            self._close()
        return self._frames

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self.full:
            return
        outer = self._open[-1]
        if len(self._open) > DEEPEST:
            self._stop(f"nothing was read from where {DEEPEST} elements are nested")
        elif len(self._reading.nodes) >= MOST:
            self._stop(f"only the first {MOST:,} elements were read")
        elif outer.unread or (tag in _UNREAD and not (tag == "title" and outer.node.foreign)):
            self._open.append(_Open(tag, outer.node, outer.index, own=False, unread=True))
        elif tag == "template" and "shadowrootmode" in attributes and outer.index >= 0:
            self._open.append(self._shadow(outer))
        else:
            self._open.append(self._node(tag, attributes, outer))

    def end(self, tag: str) -> None:
        """An element ends; a parser tells of each that has begun."""
        if not self.full and len(self._open) > 1 and self._open[-1].tag == tag:
            self._close()

    def data(self, said: str) -> None:
        """Text, between two tags or a part of it."""
        inner = self._open[-1]
        if self.full:
            return
        if inner.tag == "title" and inner.unread and not inner.node.scope and len(self._reading.title) < _VALUE:
            self._reading.title = (self._reading.title + said)[:_VALUE]
        if not inner.unread and inner.tag != "textarea":  # what stands in that was typed by somebody
            self._reading.text(inner.node).add(said)

    def close(self) -> int:
        """The document ends; what is given back is how many elements there are by now."""
        return len(self._reading.nodes)

    def _stop(self, sentence: str) -> None:
        self.full = self._reading.cut = True
        self._reading.note(sentence)

    def _close(self) -> None:
        closed = self._open.pop()
        if closed.own:
            text = self._reading.text(closed.node)
            closed.node.stop = text.position
            closed.node.end = len(self._reading.nodes)
            if closed.tag not in _INLINE:
                text.part()

    def _shadow(self, host: _Open) -> _Open:
        """A shadow root: its elements are the host's to the eye, and their paths begin anew."""
        scopes = self._reading.scopes
        node, path = host.node, scopes[host.node.scope].path
        scopes.append(Scope("shadow", host.index, _joined(path, f"{node.xpath}/shadow-root")))
        root = replace(node, tag="", parent=-1, scope=len(scopes) - 1, xpath="", id_xpath="", counts=Counter())
        return _Open("template", root, -1, own=False, unread=False)

    def _node(self, tag: str, attributes: dict[str, str], outer: _Open) -> _Open:
        parent, reading = outer.node, self._reading
        parent.counts[tag] += 1
        foreign = parent.foreign or tag in _FOREIGN
        step = f"/{_step(tag, foreign=foreign)}[{parent.counts[tag]}]"
        kept = _kept(attributes)
        if len(parent.xpath) + len(step) > _PATH or '"' in tag:
            reading.cut = True
            reading.note(f"elements whose XPath is longer than {_PATH} characters were left out")
            return _Open(tag, parent, outer.index, own=False, unread=True)
        own = kept.get("id", "").strip()
        node = Node(
            tag,
            kept,
            outer.index,
            parent.scope,
            parent.xpath + step,
            f'id("{own}")' if own else parent.id_xpath + step,
            parent.sectioned or parent.tag in _SECTIONS,
            foreign,
            unrendered(tag, kept, parent),
            invisible(kept, parent),
            parent.silent or kept.get("aria-hidden", "").lower() == "true",
            disabling(tag, kept, parent),
        )
        text = reading.text(node)
        if tag not in _INLINE:
            text.part()
        node.start = text.position
        index = len(reading.nodes)
        reading.nodes.append(node)
        if tag in {"iframe", "frame"}:
            self._enter(index, node, attributes)
        return _Open(tag, node, index, own=True, unread=False)

    def _enter(self, index: int, node: Node, attributes: dict[str, str]) -> None:
        scopes = self._reading.scopes
        if not attributes.get("srcdoc", "").strip():
            where = f" of {node.attributes['src'][:100]}" if node.attributes.get("src") else ""
            self._reading.note(f"the frame {node.xpath}{where} can not be entered: its page is not in the snapshot")
            return
        scopes.append(Scope("frame", index, _joined(scopes[node.scope].path, node.xpath)))
        self._frames.append(_Frame(attributes["srcdoc"], len(scopes) - 1, node))


def _joined(outer: str | None, path: str) -> str:
    return f"{outer} >> {path}" if outer else path


def _step(tag: str, *, foreign: bool) -> str:
    """As browsers tell paths: elements of another namespace have no name that XPath finds."""
    if foreign:
        return f'*[local-name() = "{tag}"]'
    return tag if _PLAIN_NAME.fullmatch(tag) else f'*[name() = "{tag}"]'


def _kept(attributes: dict[str, str]) -> dict[str, str]:
    """What is looked at of an element's attributes."""
    kept: dict[str, str] = {}
    for name, value in attributes.items():
        if len(kept) >= _ATTRIBUTES:
            break
        if name != "srcdoc" and not name.startswith("on") and len(name) <= _ATTRIBUTES:
            kept[name] = value[:_VALUE]
    return kept
