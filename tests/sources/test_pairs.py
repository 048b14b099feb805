"""The same failure is one group whoever tells it, and a near miss is another: `tests/fixtures/pairs/errors.json`."""

import json
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from argus_streams.core.clip import Limits
from argus_streams.core.events import Origin
from argus_streams.core.normalization import Incoming, Norms, read
from argus_streams.core.scrub import scrubber
from argus_streams.sources import load

CASES = json.loads((Path(__file__).resolve().parents[1] / "fixtures" / "pairs" / "errors.json").read_text("utf-8"))
NORMS = Norms(sources=load(), limits=Limits(), scrubber=scrubber())


def told(body):
    """The one group that a body is counted in, with the parts that make it."""
    incoming = Incoming(
        value=msgspec.json.encode(body["body"]),
        headers=body.get("headers", {}),
        source=body["source"],
        project="shop",
        origin=Origin("pairs", 0, 0),
        received_at=1_795_166_400_000,
    )
    reading = read(incoming, NORMS)
    assert reading.outcome == "normalised", (body["source"], reading)
    ((_, found),) = reading.events
    return found


@pytest.mark.parametrize("case", [case for case in CASES if case["same"]], ids=lambda case: case["case"])
def test_one_failure_is_one_group_whoever_tells_it(case):
    found = [told(body) for body in case["bodies"]]
    assert len(found) > 1
    assert len({each.value for each in found}) == 1, [each.parts for each in found]


@pytest.mark.parametrize("case", [case for case in CASES if not case["same"]], ids=lambda case: case["case"])
def test_a_near_miss_is_another_group(case):
    for one, other in combinations(map(told, case["bodies"]), 2):
        assert one.value != other.value, one.parts
