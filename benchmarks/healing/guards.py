"""What the guards say of elements of redesigned pages: of the right one, and of the wrong one that is most like it.

Reads Similo's pairs, `similo.dev.jsonl.gz` of `../shared/benchmarks` beside the checkout (the pages are 12 to 59 months
apart). The locator of each is an id that is gone, so that no text is promised. Sites of which the candidates are the
right answers alone ("trivial") are told apart.
"""

import gzip
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from argus_streams.adapters.healing_pages import load_page_terms
from argus_streams.core.elements import Element
from argus_streams.core.healing.locators.reading import parsed
from argus_streams.core.healing.page.contract import contract
from argus_streams.core.healing.page.findings import Finding
from argus_streams.core.healing.page.guards import guarded
from argus_streams.core.healing.page.likeness import likeness
from argus_streams.core.healing.page.snapshot import Page, given

_FILE = Path(__file__).resolve().parents[3] / "shared" / "benchmarks" / "similo.dev.jsonl.gz"
_LOCATOR = parsed("#an-id-that-is-gone")


class Judged(NamedTuple):
    """One element that was held against the guards."""

    kind: str
    findings: tuple[Finding, ...]


def main() -> None:
    """Print a line for the right ones and one for the wrong ones of each set."""
    if not _FILE.exists():
        sys.exit(f"no such file: {_FILE.name} (a folder `shared` beside the checkout holds it)")
    told: dict[str, Counter[str]] = {}
    for judged in _judged():
        counted = told.setdefault(judged.kind, Counter())
        stopped = [each for each in judged.findings if each.verdict != "pass"]
        verdicts = {each.verdict for each in stopped}
        counted["refuse" if "refuse" in verdicts else "ask" if verdicts else "pass"] += 1
        counted.update(f"{each.guard}:{each.verdict}" for each in stopped)
    for kind, counted in sorted(told.items()):
        whole = sum(counted[verdict] for verdict in ("pass", "ask", "refuse"))
        shares = ", ".join(f"{verdict} {counted[verdict]}" for verdict in ("pass", "ask", "refuse"))
        guards = ", ".join(f"{name} {count}" for name, count in counted.most_common() if ":" in name)
        print(f"{kind:40} {whole:4} elements: {shares} ({guards})")


def _judged() -> Iterator[Judged]:
    terms = load_page_terms()
    for name, page, target, right in _pairs():
        wrong = max((n for n in range(len(page.elements)) if n != right), key=_like(page, target), default=None)
        for kind, index in (("right", right), ("wrong", wrong)):
            if index is not None:
                against = contract(_LOCATOR, target, page.elements[index], terms)
                yield Judged(f"{name}, the {kind} ones", (*guarded(_LOCATOR, target, page, index, terms), *against))


def _pairs() -> Iterator[tuple[str, Page, Element, int]]:
    with gzip.open(_FILE) as lines:
        for line in lines:
            told: dict[str, Any] = msgspec.json.decode(line)
            page = given(tuple(map(_element, told["candidates"])))
            places = {each.xpath: index for index, each in enumerate(page.elements)}
            name = f"{told['set']}{' (trivial)' if told['trivial'] else ''}"
            for pair in told["pairs"]:
                yield name, page, _element(pair["target"]), places[pair["answer"]]


def _element(told: dict[str, Any]) -> Element:
    kept = {
        name: value for name, value in told.items() if value is not None and name not in {"location", "area", "shape"}
    }
    return msgspec.convert(kept, Element)


def _like(page: Page, target: Element) -> Any:
    """How much like the target an element is at a glance."""

    def score(index: int) -> float:
        element = page.elements[index]
        return (
            2.0 * (element.tag.lower() == target.tag.lower())
            + 2.0 * (bool(target.id) and element.id == target.id)
            + (bool(target.href) and element.href == target.href)
            + 2.0 * likeness(" ".join(element.visible_text), " ".join(target.visible_text))
            + likeness(element.xpath, target.xpath)
        )

    return score


if __name__ == "__main__":
    main()
