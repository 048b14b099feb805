"""How well templates alone tell the events of real systems apart."""

import gzip
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from argus_streams.core.grouping.parameterize import parameterize

LINES = Path(__file__).parents[4] / "shared" / "benchmarks" / "loghub.dev.jsonl.gz"


def _accuracy(lines: list[dict[str, str]]) -> float:
    """The share of lines whose template holds exactly the lines of their event."""
    sizes = Counter(line["event"] for line in lines)
    templates: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        templates[parameterize(line["message"])][line["event"]] += 1
    right = 0
    for events in templates.values():
        event, count = events.most_common(1)[0]
        right += count if len(events) == 1 and count == sizes[event] else 0
    return right / len(lines)


@pytest.mark.shared
def test_lines_are_grouped_by_their_event():
    systems = defaultdict(list)
    with gzip.open(LINES, "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            systems[line["system"]].append(line)
    accuracies = [_accuracy(lines) for lines in systems.values()]
    assert sum(accuracies) / len(accuracies) >= 0.92
