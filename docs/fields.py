"""Writes `samples/<source>.fields`, by which a vendor's new fields are noticed: `make fields [ARGS="sentry …"]`.

Added to what is in the file are the names (no values) of all fields in `samples/<source>.json` and, where they lie
beside the checkout, in the published payloads of that vendor. Nothing is removed but what an open path covers. Some
paths are open by the name of a part, see `OPEN`; others by hand, as lines `path.*`:

* Maps of customers' keys by another name. Seen in a file as many siblings that are no vocabulary.
* What a vendor sends beside what we read, in any variety: the object of a webhook that is ignored (`comment.*`). The
  vendor's frame around it (`event_type`, `data`, …) stays listed.
* What is read is never open, but for people and such maps: it is where a change hurts.
* A source whose bodies have no shape of their own has the one line `*`.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from argus_streams import explanation, sources
from argus_streams.core import drift
from argus_streams.core.source import Body
from argus_streams.errors import Malformed

ROOT = Path(__file__).resolve().parents[1]
# Maps whose keys are the customer's, and descriptions of people and of code that a vendor enlarges as it likes.
_OPEN_WORDS = """
    labels commonLabels groupLabels annotations commonAnnotations tags attributes properties extra contexts context
    custom custom_data custom_details customAttributes metaData metadata measurements variables vars params parameters
    _links links headers cookies env environ query_string query GET POST session_data modules packages registers
    debug_meta sdk device permissions custom_properties user usr person people sender owner creator author committer
    pusher actor triggering_actor assignee assignees reviewers requested_reviewers organization enterprise installation
    repo license milestone reactions avatar verification workspace participants closed_by rendered acknowledgers
    acknowledger assigned_to agent
"""
OPEN = frozenset(_OPEN_WORDS.split())
PAYLOADS = ROOT.parent / "shared" / "payloads"


def listed(source: str) -> list[str]:
    """The lines of the source's file as they should be."""
    file = ROOT / "samples" / f"{source}.fields"
    kept = file.read_text("utf-8").split("\n") if file.is_file() else []
    bodies = [ROOT / "samples" / f"{source}.json", *sorted((PAYLOADS / source).glob("*.json"))]
    seen = {drift.opened(path, OPEN) for each in bodies for path in _seen(each.read_bytes(), source)}
    return drift.closed(seen.union(line for line in kept if line))


def _seen(content: bytes, source: str) -> Iterable[str]:
    """The paths of the bodies of a file that the source reads."""
    for given in explanation.of_file(content, source):
        try:
            sources.load()[source].read(Body(given.value, given.headers, 0))
        except Malformed:  # becomes a letter, which is not looked at
            continue
        for document in drift.documents(given.value):
            yield from drift.paths(document)


def main(names: Sequence[str]) -> None:
    """Write the files of these sources, else of all."""
    strangers = ", ".join(set(names) - sources.load().keys())
    if strangers:
        raise SystemExit(f"no source is named {strangers}; there are {', '.join(sources.load())}")
    for source in names or sources.load():
        lines = listed(source)
        if lines:
            (ROOT / "samples" / f"{source}.fields").write_text("".join(f"{line}\n" for line in lines), "utf-8")
            print(f"{source:<14}{len(lines):>6} fields")  # noqa: T201 - a script


if __name__ == "__main__":
    main(sys.argv[1:])
