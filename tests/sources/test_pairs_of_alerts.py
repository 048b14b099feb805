"""One alert is one group whoever tells it, a near miss is another, and a group is closed when nothing fires any more.

The bodies are in `tests/fixtures/pairs`: `alerts.json` (pairs) and `alert_courses.json` (bodies in their order, each
with the status of its group afterwards).
"""

import json
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from argus_streams.core.clip import Limits
from argus_streams.core.events import Origin
from argus_streams.core.grouping.group import apply
from argus_streams.core.grouping.sighting import Coalesced
from argus_streams.core.grouping.state import status
from argus_streams.core.normalization import Incoming, Norms, read
from argus_streams.core.scrub import scrubber
from argus_streams.sources import load

PAIRS = Path(__file__).resolve().parents[1] / "fixtures" / "pairs"
CASES = json.loads((PAIRS / "alerts.json").read_text("utf-8"))
COURSES = json.loads((PAIRS / "alert_courses.json").read_text("utf-8"))
NORMS = Norms(sources=load(), limits=Limits(), scrubber=scrubber())
NOW = 1_795_166_400_000  # 2026-11-20T09:20:00Z


def told(body, offset=0):
    """The event of a body, with its fingerprint."""
    incoming = Incoming(
        value=msgspec.json.encode(body["body"]),
        headers=body.get("headers", {}),
        source=body["source"],
        project="shop",
        origin=Origin("pairs", 0, offset),
        received_at=NOW + offset * 60_000,
    )
    reading = read(incoming, NORMS)
    assert reading.outcome == "normalised", (body["source"], reading)
    (found,) = reading.events
    return found


@pytest.mark.parametrize("case", [case for case in CASES if case["same"]], ids=lambda case: case["case"])
def test_one_alert_is_one_group_whoever_tells_it(case):
    found = [told(body)[1] for body in case["bodies"]]
    assert len(found) > 1
    assert len({each.value for each in found}) == 1, [each.parts for each in found]


@pytest.mark.parametrize("case", [case for case in CASES if not case["same"]], ids=lambda case: case["case"])
def test_a_near_miss_is_another_group(case):
    found = [told(body)[1] for body in case["bodies"]]
    for one, other in combinations(found, 2):
        assert one.value != other.value, one.parts


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course["case"])
def test_a_group_is_closed_when_nothing_fires_any_more(course):
    state, groups = None, set()
    for offset, step in enumerate(course["steps"]):
        event, fingerprint = told(step, offset)
        groups.add(fingerprint.value)
        folding = Coalesced(algorithm="v1", topic="pairs", partition=0)
        folding.add(event, fingerprint)
        (sighting,) = folding.sightings()
        state = apply(state, sighting).state
        assert status(state) == step["status"], (offset, state)
    assert len(groups) == 1
