"""Pages of two times with elements that people paired (Similo's, `../shared/benchmarks`)."""

import gzip
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from argus_streams.core.elements import Element
from argus_streams.locating import Told, element

FILE = Path(__file__).resolve().parents[3] / "shared" / "benchmarks" / "similo.dev.jsonl.gz"


class Paired(NamedTuple):
    """One page: its elements now, and what some of them were."""

    set: str
    site: str
    trivial: bool  # there are no candidates but the right ones
    targets: tuple[Element, ...]
    answers: tuple[int, ...]  # the index of the right candidate of each target
    candidates: tuple[Element, ...]


def load(file: Path = FILE) -> Sequence[Paired]:
    """All pages of the file; ends the program where it is missing."""
    if not file.exists():
        sys.exit(f"no such file: {file.name} (a folder `shared` beside the checkout holds it)")
    return list(_pages(file))


def _pages(file: Path) -> Iterator[Paired]:
    with gzip.open(file) as lines:
        for line in lines:
            page: dict[str, Any] = msgspec.json.decode(line)
            candidates = tuple(map(_element, page["candidates"]))
            at = {each.xpath: index for index, each in enumerate(candidates)}
            yield Paired(
                page["set"],
                page["site"],
                page["trivial"],
                tuple(_element(each["target"]) for each in page["pairs"]),
                tuple(at[each["answer"]] for each in page["pairs"]),
                candidates,
            )


def _element(told: Any) -> Element:
    return element(msgspec.convert(told, Told))
