"""Grouping accuracy of templates on labelled log lines, by system, and messages per second of one core.

    python benchmarks/parameterize.py [FILE.jsonl.gz]

A line is right if the lines of its template are exactly the lines of its event.
"""

import gzip
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from argus_streams.core.grouping.parameterize import parameterize

LINES = Path(__file__).parents[2] / "shared" / "benchmarks" / "loghub.dev.jsonl.gz"


def accuracy(lines: list[tuple[str, str]]) -> float:
    """The share of (message, event) lines that are right."""
    sizes = Counter(event for _, event in lines)
    templates: dict[str, Counter[str]] = defaultdict(Counter)
    for message, event in lines:
        templates[parameterize(message)][event] += 1
    right = 0
    for events in templates.values():
        event, count = events.most_common(1)[0]
        right += count if len(events) == 1 and count == sizes[event] else 0
    return right / len(lines)


def rate(messages: list[str]) -> float:
    """Messages per second of CPU, unmemoised; the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for message in messages:
            parameterize(message)
        best = min(best, time.process_time() - start)
    return len(messages) / best


def main() -> None:
    """Print one line a system, then the mean and the rate."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else LINES
    if not path.exists():
        sys.exit(f"no such file: {path.name} (a folder `shared` beside the checkout holds it)")
    systems: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            systems[line["system"]].append((line["message"], line["event"]))
    accuracies = {system: accuracy(lines) for system, lines in sorted(systems.items())}
    for system, share in accuracies.items():
        print(f"{system:<12} {share:.4f}")
    print(f"{'mean':<12} {sum(accuracies.values()) / len(accuracies):.4f}")
    messages = [message for lines in systems.values() for message, _ in lines]
    average = sum(map(len, messages)) / len(messages)
    print(f"{rate(messages):,.0f} messages per CPU second, {average:.0f} characters on average")


if __name__ == "__main__":
    main()
