"""The generated part of each page in `docs/senders`: one sample with what it becomes, and a line for every other.

A sender whose page nobody wrote gets one that its module and its samples tell.
"""

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from argus_streams import explanation, sources
from argus_streams.adapters.mappings import load_mappings
from argus_streams.agents.wire import Topics
from argus_streams.core.clip import Limits
from argus_streams.core.normalization import Norms
from argus_streams.core.scrub import scrubber

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "senders"
TOPICS = Topics.under("argus.")
_STAMPED = ("project", "source", "event_id", "signal_id", "failure_id", "origin", "received_at")
_LINES = 90  # of a body; the whole is in its file
Line = Mapping[str, Any]


PLACE = "<!-- example: written by `make docs` -->\n<!-- end -->\n"


def page(source: str) -> str:
    """The page as people wrote it, else one of the source's own words."""
    path = PAGES / f"{source}.md"
    if path.is_file():
        return path.read_text("utf-8")
    told = sources.load()[source]
    words = (importlib.import_module(f"{sources.__name__}.{source}").__doc__ or "").strip()
    reasons = dict.fromkeys(line["ignored"] for lines in _read(source) for line in lines if "ignored" in line)
    ignored = "".join(f"* {reason}\n" for reason in reasons) or "Nothing.\n"
    return (
        f"# {source.capitalize()}\n\n{words}\n\n## Point it here\n\nPublish each request's body untouched to "
        f"`argus.events.incoming`, with the headers `ce_source: {source}` and `project: <slug>`.\n\n"
        f"## What is read\n\n{told.about[:1].upper()}{told.about[1:]}.\n\n"
        f"## What is ignored, and why\n\n{ignored}\n{PLACE}"
    )


def example(source: str) -> str:
    """The first sample that tells something, what it becomes, and what becomes of each."""
    told = list(zip(_cases(source), _read(source), strict=True))
    read = [(case, lines) for case, lines in told if not {"ignored", "malformed"} & set(lines[0])]
    if not read:
        raise SystemExit(f"samples/{source}.json: nothing is read from any of them; see `argus explain`")
    case, lines = read[0]
    rows = "".join(f"| {case['case']} | {'; '.join(dict.fromkeys(map(_outcome, lines)))} |\n" for case, lines in told)
    return (
        f"\n## An example\n\n{case['case']}\n\n{_block(case['body'])}\nbecomes\n\n"
        + "\n".join(map(_become, lines[:2]))
        + f"\n## Every sample\n\nOf `samples/{source}.json`:\n\n| what is sent | what it becomes |\n| --- | --- |\n"
        + rows
    )


def _cases(source: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((ROOT / "samples" / f"{source}.json").read_text("utf-8"))
    return cases


def _read(source: str) -> Iterator[Sequence[Line]]:
    mappings = {explanation.EXPLAINED: load_mappings(ROOT / "samples" / "mapped.yaml")["shop"]}
    norms = Norms(sources=sources.load(), limits=Limits(), scrubber=scrubber(), mappings=mappings)
    content = (ROOT / "samples" / f"{source}.json").read_bytes()
    for offset, given in enumerate(explanation.of_file(content, source)):
        yield list(explanation.lines(given, offset, norms, TOPICS))


def _become(line: Line) -> str:
    """An item as it is sent on, without what is stamped, and why it is in its group."""
    kind = next(name for name in ("event", "signal", "test_failure") if name in line)
    whole = msgspec.to_builtins(line[kind])
    told = {name: value for name, value in whole.items() if name not in _STAMPED}
    why = f"in the group `{line['fingerprint']}` by {line['how']}" if "fingerprint" in line else ""
    return f"{_block(told)}\non `{line['route']}`" + (f", {why}.\n" if why else ".\n")


def _block(told: Any) -> str:
    if isinstance(told, str):
        lines, language = told.splitlines(), ""
    else:
        lines, language = json.dumps(told, indent=2, ensure_ascii=False).splitlines(), "json"
    if len(lines) > _LINES:
        lines = [*lines[:_LINES], f"… {len(lines) - _LINES} more lines"]
    return "\n".join([f"```{language}", *lines, "```", ""])


def _outcome(line: Line) -> str:
    if "event" in line:
        event = line["event"]
        return f"{event.kind}, {event.status}: {_cell(event.title or event.type or event.message or '')}"
    if "signal" in line:
        return f"signal {line['signal'].kind}: {_cell(line['signal'].title)}"
    if "test_failure" in line:
        return f"test failure: {_cell(line['test_failure'].test)}"
    word = "ignored" if "ignored" in line else "malformed"
    return f"{word}: {line[word]}"


def _cell(text: str) -> str:
    return text.split("\n", 1)[0][:80].replace("|", "\\|")
