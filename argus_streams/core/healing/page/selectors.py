"""CSS selectors of a place on a page."""

import re
from collections.abc import Iterator

from argus_streams.core.healing.page.generated import is_generated, is_stable_class
from argus_streams.core.healing.page.nodes import Node
from argus_streams.core.healing.page.snapshot import Page

_STEPS = 4  # from an ancestor that has a name
_DEEPEST = 60  # of a path from the root


def escaped(identifier: str) -> str:
    """An identifier as CSS writes it (CSSOM, "serialize an identifier")."""
    return "".join(
        f"\\{ord(letter):x} "
        if letter.isdigit() and (at == 0 or (at == 1 and identifier[0] == "-"))
        else letter
        if letter.isalnum() or letter in "-_" or ord(letter) > 0x7F  # noqa: PLR2004 - ASCII ends
        else f"\\{letter}"
        for at, letter in enumerate(identifier)
    )


def pathway(page: Page, index: int) -> Iterator[tuple[str, int]]:
    """Selectors that lead to the element, with the steps from an ancestor that has a name; -1 = from the root.

    None for a page that is given as a list, where nobody knows what is inside of what.
    """
    if page.flat:
        return
    nodes = page.reading.nodes
    own = _step(page, index)
    tail, at = own, nodes[index].parent
    for steps in range(1, _STEPS + 1):
        if at < 0:
            break
        name = _name(nodes[at])
        if name:
            yield f"{name} {own}", steps
            yield f"{name} > {tail}", steps
        tail, at = f"{_step(page, at)} > {tail}", nodes[at].parent
    yield _from_root(page, index), -1


def _name(node: Node) -> str | None:
    """What tells an ancestor from others, as far as it says."""
    identifier = node.attributes.get("id", "")
    if identifier and not is_generated(identifier):
        return f"#{escaped(identifier)}"
    stable = [each for each in node.attributes.get("class", "").split() if is_stable_class(each)]
    return f"{escaped(node.tag)}.{escaped(stable[0])}" if stable else None


def _step(page: Page, index: int) -> str:
    """The element among its siblings."""
    node = page.reading.nodes[index]
    stable = [each for each in node.attributes.get("class", "").split() if is_stable_class(each)]
    tag = escaped(node.tag)
    number = int(re.findall(r"\[(\d+)\]", node.xpath)[-1])
    return f"{tag}.{escaped(stable[0])}" if stable else f"{tag}:nth-of-type({number})"


def _from_root(page: Page, index: int) -> str:
    nodes, steps, at = page.reading.nodes, list[str](), index
    while at >= 0 and len(steps) < _DEEPEST:
        number = re.findall(r"\[(\d+)\]", nodes[at].xpath)[-1]
        steps.append(f"{escaped(nodes[at].tag)}:nth-of-type({number})")
        at = nodes[at].parent
    return " > ".join(reversed(steps))
