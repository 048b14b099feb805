"""The accessible name of an element: what a person who can not see it is told, and what tests by role ask for.

The part of Accessible Name and Description Computation 1.2 (w3.org/TR/accname-1.2) that markup alone decides:
aria-labelledby, aria-label, the native label, content, title, placeholder.
"""

from argus_streams.core.healing.page.nodes import Node, Reading
from argus_streams.core.healing.page.roles import NAMED_BY_CONTENT

LONGEST = 200  # characters
_LOOKED_AT = 64  # elements inside, for one name
_REFERENCES = 8
_LABELLED = frozenset({"button", "input", "meter", "output", "progress", "select", "textarea"})
_TITLED_BY = {"fieldset": "legend", "table": "caption", "figure": "figcaption", "details": "summary"}
_BUTTONS = {"submit": "Submit", "reset": "Reset", "button": "", "image": "Submit"}


class Names:
    """The names of one page's elements; a node is told by its index."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._ids: dict[tuple[int, str], int] = {}
        self._labels: dict[tuple[int, str], list[int]] = {}
        self._around: list[int] = []  # the label that each is in, -1 = none
        self._contents: dict[int, str] = {}
        for index, node in enumerate(reading.nodes):
            if "id" in node.attributes:
                self._ids.setdefault((node.scope, node.attributes["id"]), index)
            if node.tag == "label" and "for" in node.attributes:
                labels = self._labels.setdefault((node.scope, node.attributes["for"]), [])
                labels += [index] if len(labels) < _REFERENCES else []
            self._around.append(index if node.tag == "label" else self._around[node.parent] if node.parent >= 0 else -1)

    def name(self, index: int, role: str | None) -> str | None:
        """The accessible name, with its white space folded; ``None`` = it has none."""
        node = self._reading.nodes[index]
        told = self._referred(node) or _folded(node.attributes.get("aria-label", "")) or self._native(index, node)
        if not told and role in NAMED_BY_CONTENT:
            told = self._content(index)
        if not told:
            told = _folded(node.attributes.get("title", "") or node.attributes.get("placeholder", ""))
        return told[:LONGEST] or None

    def _referred(self, node: Node) -> str:
        references = node.attributes.get("aria-labelledby", "").split()[:_REFERENCES]
        found = (self._ids.get((node.scope, reference)) for reference in references)
        return " ".join(filter(None, (self._said(index) for index in found if index is not None)))

    def _said(self, index: int) -> str:
        """Of an element that another one refers to."""
        node = self._reading.nodes[index]
        return _folded(node.attributes.get("aria-label", "")) or self._content(index)

    def _native(self, index: int, node: Node) -> str:
        """By the means of HTML."""
        attributes = node.attributes
        if node.tag in {"img", "area"}:
            return _folded(attributes.get("alt", ""))
        if node.tag in _TITLED_BY:
            return self._titled(index, node)
        if node.tag not in _LABELLED:
            return ""
        kind = attributes.get("type", "").strip().lower()
        if node.tag == "input" and kind in _BUTTONS:
            return _folded(attributes.get("alt", "") or attributes.get("value", "")) or _BUTTONS[kind]
        return self._labelled(index, node)

    def _labelled(self, index: int, node: Node) -> str:
        by_id = self._labels.get((node.scope, node.attributes["id"]), ()) if node.attributes.get("id") else ()
        labels = [*by_id]
        around = self._around[index]
        if around >= 0 and around not in labels and not self._reading.nodes[around].attributes.get("for"):
            labels.append(around)
        return " ".join(filter(None, map(self._said, labels)))

    def _titled(self, index: int, node: Node) -> str:
        """By the first child of a certain tag."""
        child = index + 1
        for _ in range(_LOOKED_AT):
            if child >= node.end:
                break
            if self._reading.nodes[child].tag == _TITLED_BY[node.tag]:
                return self._content(child)
            child = max(self._reading.nodes[child].end, child + 1)
        return ""

    def _content(self, index: int) -> str:
        if index not in self._contents:
            self._contents[index] = self._read(index)
        return self._contents[index]

    def _read(self, index: int) -> str:
        """The text inside, with names in place of pictures, without what is silent and what is typed or chosen."""
        nodes, node = self._reading.nodes, self._reading.nodes[index]
        text = self._reading.text(node).whole()
        at, until = node.start, min(node.stop, node.start + 4 * LONGEST)
        parts: list[str] = []
        child = index + 1
        for _ in range(_LOOKED_AT):
            if child >= node.end or nodes[child].start > until:
                break
            inner = nodes[child]
            instead = None if inner.unrendered != node.unrendered else _instead(inner, silent=node.silent)
            if instead is None:
                child += 1
                continue
            parts += (text[at : inner.start], f" {instead} " if instead else "")
            at = max(at, inner.stop)
            child = max(inner.end, child + 1)
        return _folded("".join((*parts, text[at:until])))[:LONGEST]


def _instead(node: Node, *, silent: bool) -> str | None:
    """What is said in place of an element's text; ``None`` = its text."""
    if (node.silent and not silent) or node.invisible:
        return ""
    label = node.attributes.get("aria-label")
    if label:
        return _folded(label)
    if node.tag == "img":
        return _folded(node.attributes.get("alt", ""))
    return "" if node.tag in {"select", "textarea", "input"} else None


def _folded(said: str) -> str:
    return " ".join(said.split())
