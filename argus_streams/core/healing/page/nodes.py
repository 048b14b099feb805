"""What is read of a snapshot: its elements in order, the text that they have spans of, and the trees they are in."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from argus_streams.core.healing.page.text import Text

NOTES = 20


class Scope(NamedTuple):
    """A tree of its own."""

    kind: Literal["page", "frame", "shadow"]
    host: int = -1  # node that it is in
    path: str | None = None  # how an element tells of it; ``None`` = the page


@dataclass(slots=True)
class Node:
    """An element; what its tag says of those inside is theirs, too."""

    tag: str  # lower case, as the parser gives it
    attributes: dict[str, str]
    parent: int  # -1 = the root of its scope
    scope: int
    xpath: str
    id_xpath: str
    sectioned: bool = False  # inside an article, aside, main, nav or section
    foreign: bool = False  # of SVG or MathML
    unrendered: bool = False  # nobody sees it
    invisible: bool = False  # likewise, by `visibility`, which one inside may take back
    silent: bool = False  # hidden from assistive technology
    disabled: bool = False
    counts: Counter[str] = field(default_factory=Counter)  # tags of its children
    start: int = 0  # of its text
    stop: int = 0
    end: int = 0  # the node after all that are inside


@dataclass(slots=True)
class Reading:
    """All that was read."""

    nodes: list[Node] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    shown: Text = field(default_factory=Text)
    unseen: Text = field(default_factory=Text)  # of what is not rendered
    title: str = ""
    notes: list[str] = field(default_factory=list)
    cut: bool = False  # there is more than was read
    _index: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def note(self, sentence: str) -> None:
        """Tell of something that was left out."""
        if len(self.notes) < NOTES and sentence not in self.notes:
            self.notes.append(sentence)

    def text(self, node: Node) -> Text:
        """Where the node's text is."""
        return self.unseen if node.unrendered else self.shown

    def document(self, scope: int) -> int:
        """The scope of the page or frame that a shadow root, and all that it is in, belongs to."""
        while self.scopes[scope].kind == "shadow":
            host = self.scopes[scope].host
            if host < 0:  # of an element that was given without its host
                return 0
            scope = self.nodes[host].scope
        return scope

    def having(self, name: str, value: str) -> list[int]:
        """Nodes that have this attribute; of `class` one of it, of `tag` the tag itself."""
        if not self._index:
            for number, node in enumerate(self.nodes):
                told = (
                    *node.attributes.items(),
                    *(("class", each) for each in node.attributes.get("class", "").split()),
                )
                for pair in {("tag", node.tag), *told}:
                    self._index.setdefault(pair, []).append(number)
        return self._index.get((name, value), [])
