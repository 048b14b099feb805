"""What a locator finds on a page.

Each step is one pass over the page's elements: no selector and no expression of a stranger's is run by a library, so
that none takes longer than its steps.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from argus_streams.core.healing.locators.locator import Condition, Locator, Step
from argus_streams.core.healing.page.conditions import PLACES, holds, indexed, known, plain
from argus_streams.core.healing.page.nodes import Node
from argus_streams.core.healing.page.snapshot import Page

_STEPS = 40  # with those inside
_OCCURRENCES = 100_000  # of one text
_OF_PLACE = frozenset({"nth", "text", "has", "not", "any"})
_PIERCING = frozenset({"playwright"})  # whose locators go into open shadow roots by themselves
_FLAT = frozenset({"descendant", "filter"})  # what a list without its tree can tell, of a first step


def matching(page: Page, locator: Locator) -> int | None:
    """How many elements of the page the locator finds; ``None`` = a snapshot can not tell."""
    found = located(page, locator)
    return None if found is None else len(found)


def located(page: Page, locator: Locator, document: int = 0) -> tuple[int, ...] | None:
    """Which elements it finds, by their indices, in the page or in the frame of that scope; ``None`` = unknown."""
    if not locator.steps or not _known(locator.steps) or sum(1 for _ in _all(locator.steps)) > _STEPS:
        return None
    if page.flat and not _flat(locator.steps):
        return None
    finder = _Finder(page, document, piercing=locator.language in _PIERCING)
    return tuple(finder.chain(locator.steps))


def _all(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        for condition in step.conditions:
            for chain in condition.inner:
                yield from _all(chain)


def _known(steps: Iterable[Step]) -> bool:
    return all(step.combinator != "axis" and all(map(_tells, step.conditions)) for step in _all(steps))


def _tells(condition: Condition) -> bool:
    """`has` looks inside for one step's child, or for a chain anywhere inside."""
    if condition.kind == "has" and not all(
        chain and (chain[0].combinator == "descendant" or (chain[0].combinator == "child" and len(chain) == 1))
        for chain in condition.inner
    ):
        return False
    return known(condition)


def _flat(steps: Sequence[Step]) -> bool:
    first, *others = _all(steps)
    return (
        first.combinator in _FLAT
        and all(step.combinator == "filter" for step in others)
        and not any(
            condition.kind == "has" or (condition.kind == "pseudo" and condition.name in PLACES)
            for step in (first, *others)
            for condition in step.conditions
        )
    )


class _Finder:
    """One locator on one page."""

    def __init__(self, page: Page, document: int, *, piercing: bool) -> None:
        self._page = page
        self._reading = page.reading
        self._nodes: Sequence[Node] = page.reading.nodes
        reading = self._reading
        self._reached = {
            number
            for number in range(len(reading.scopes))
            if number == document or (piercing and reading.document(number) == document)
        }

    def chain(self, steps: Sequence[Step]) -> list[int]:
        """What the last step finds, in the page's order."""
        found: list[int] | None = None
        for step in steps:
            found = self._step(step, found)
        return found or []

    def _step(self, step: Step, found: list[int] | None) -> list[int]:
        if step.combinator == "ancestor":
            return self._ancestors(step, found or ())
        return self._kept(step, self._candidates(step, found))

    def _candidates(self, step: Step, found: list[int] | None) -> list[int]:  # noqa: PLR0911 - a table
        nodes = self._nodes
        if found is None:
            return self._first(step)
        marked = set(found)
        match step.combinator:
            case "filter":
                return found
            case "child":
                return [index for index, node in enumerate(nodes) if node.parent in marked]
            case "parent":
                return sorted({nodes[index].parent for index in found} - {-1})
            case "adjacent" | "sibling":
                return self._siblings(marked, nearest=step.combinator == "adjacent")
            case "frame" | "shadow":
                inside = {n for n, scope in enumerate(self._reading.scopes) if scope.host in marked}
                return [index for index, node in enumerate(nodes) if node.scope in inside]
            case _:
                return self._inside(found)

    def _first(self, step: Step) -> list[int]:
        """Of the whole page, or of those that have what one of the conditions asks for."""
        known = [self._reading.having(*pair) for each in step.conditions if (pair := indexed(each))]
        among = min(known, key=len) if known else range(len(self._nodes))
        return [index for index in among if self._nodes[index].scope in self._reached]

    def _inside(self, found: Iterable[int]) -> list[int]:
        inner: list[int] = []
        at = 0
        for index in found:
            scope = self._nodes[index].scope
            inner += (
                each
                for each in range(max(at, index + 1), self._nodes[index].end)
                if self._nodes[each].scope == scope or self._nodes[each].scope in self._reached
            )
            at = max(at, self._nodes[index].end)
        return inner

    def _siblings(self, marked: set[int], *, nearest: bool) -> list[int]:
        seen: dict[tuple[int, int], bool] = {}
        found = []
        for index, node in enumerate(self._nodes):
            place = (node.scope, node.parent)
            if seen.get(place):
                found.append(index)
            seen[place] = index in marked or (not nearest and seen.get(place, False))
        return found

    def _ancestors(self, step: Step, found: Iterable[int]) -> list[int]:
        """Of each, the closest that all is true of."""
        fitting = set(self._kept(step, list(range(len(self._nodes)))))
        closest: list[int] = []
        for node in self._nodes:
            up = node.parent
            closest.append(up if up in fitting or up < 0 else closest[up])
        return sorted({closest[index] for index in found} - {-1})

    def _kept(self, step: Step, candidates: list[int]) -> list[int]:
        """Those that all conditions are true of; the cheapest are asked first."""
        elements, nodes = self._page.elements, self._nodes
        placed = [each for each in step.conditions if each.kind in _OF_PLACE or each.name in PLACES]
        for condition in (each for each in step.conditions if each not in placed):
            candidates = [index for index in candidates if holds(condition, elements[index], nodes[index])]
        for condition in sorted(placed, key=lambda each: each.kind == "nth" or each.name == "position"):
            candidates = self._placed(condition, step, candidates)
        return candidates

    def _placed(self, condition: Condition, step: Step, candidates: list[int]) -> list[int]:
        match condition.kind:
            case "nth":
                return candidates[int(condition.value) :][:1] if condition.value != "-1" else candidates[-1:]
            case "text":
                kept = self._saying(condition, candidates)
                return kept if step.combinator in {"filter", "ancestor"} else self._smallest(kept)
            case "pseudo" if step.combinator == "parent" and condition.name == "position":
                return candidates if condition.value == "1" else []  # there is but one
            case "pseudo":
                return self._at_place(condition, candidates)
            case "has":
                return self._having(condition, candidates)
            case _:
                among = {index for chain in condition.inner for index in self.chain(chain)}
                return [index for index in candidates if (index in among) == (condition.kind == "any")]

    def _having(self, condition: Condition, candidates: list[int]) -> list[int]:
        kept: set[int] = set()
        for chain in condition.inner:
            found = self.chain(chain)
            parents = {self._nodes[index].parent for index in found}
            if chain[0].combinator == "child":
                kept |= parents & set(candidates)
            else:
                kept |= {index for index in candidates if _between(found, index + 1, self._nodes[index].end)}
        return sorted(kept)

    def _saying(self, condition: Condition, candidates: list[int]) -> list[int]:
        match, wanted = plain(condition) or ("exact", condition.value)
        wanted = " ".join(wanted.split())
        kept: list[int] = []
        for text, unseen in ((self._reading.shown, False), (self._reading.unseen, True)):
            whole = text.lower() if condition.ignore_case else text.whole()
            starts = _occurrences(whole, wanted.lower() if condition.ignore_case else wanted)
            for index in candidates:
                node = self._nodes[index]
                if node.unrendered == unseen and _says(whole, node, (match, len(wanted)), starts):
                    kept.append(index)
        return sorted(kept)

    def _smallest(self, found: list[int]) -> list[int]:
        """None that holds another one: a text is found where it stands, not in all that is around it."""
        if self._page.flat:
            paths = [self._nodes[index].xpath for index in found[:1_000]]
            return [
                i for i, path in zip(found, paths, strict=False) if not any(p.startswith(f"{path}/") for p in paths)
            ]
        following = [*found[1:], len(self._nodes)]
        return [index for index, after in zip(found, following, strict=False) if after >= self._nodes[index].end]

    def _at_place(self, condition: Condition, candidates: list[int]) -> list[int]:
        """Which of its siblings: of all, of those of its tag, or (`position`) of those that were found."""
        name = condition.name
        counted: Iterable[int] = candidates if name == "position" else range(len(self._nodes))
        groups: dict[tuple[int, int, str], list[int]] = {}
        for index in counted:
            node = self._nodes[index]
            tag = node.tag if name.endswith("of-type") else ""
            groups.setdefault((node.scope, node.parent, tag), []).append(index)
        nth = int(condition.value)
        at = -nth if name == "nth-last-child" else nth - 1
        places = {group[at] for group in groups.values() if 1 <= nth <= len(group)}
        return [index for index in candidates if index in places]


def _between(found: Sequence[int], start: int, end: int) -> bool:
    at = bisect_left(found, start)
    return at < len(found) and found[at] < end


def _occurrences(text: str, wanted: str) -> list[int]:
    starts: list[int] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0 and len(starts) < _OCCURRENCES:
        starts.append(at)
        at = text.find(wanted, at + 1)
    return starts


def _says(text: str, node: Node, wanted: tuple[str, int], starts: Sequence[int]) -> bool:
    """Whether one of the places where a text begins is in the node, and where it has to be."""
    match, length = wanted
    start = node.start + (text[node.start : node.start + 1] == " ")
    at = bisect_left(starts, start)
    if match == "suffix":
        at = bisect_left(starts, node.stop - length)
    if at >= len(starts) or starts[at] + length > node.stop:
        return False
    begins, ends = starts[at] == start, starts[at] + length == node.stop
    return {"exact": begins and ends, "prefix": begins, "suffix": ends}.get(match, True)
