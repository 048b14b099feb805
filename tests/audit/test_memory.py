"""An audit's memory: sets of places are compressed, whatever the number of bodies."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BOUND = 256  # MiB
SCRIPT = Path(__file__).with_name("large_world.py")


def _audited(bodies):
    command = [sys.executable, str(SCRIPT), str(bodies)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own script
    told = json.loads(done.stdout)
    assert told["clean"]
    assert told["bodies"] == told["normalised"] + told["ignored"] + told["dead"] == bodies
    assert told["events"] == told["counted"] > bodies * 0.9
    return told


def test_an_audit_of_two_hundred_thousand_bodies_takes_little_more_than_starting():
    told = _audited(200_000)
    assert told["peak"] - told["before"] < 40, "MiB"


@pytest.mark.long
def test_an_audit_of_ten_million_bodies_stays_under_its_bound(say):
    told = _audited(10_000_000)
    say(f"10,000,000 bodies: {told['peak']:.0f} MiB at most, {told['seconds']:.0f} CPU seconds, making them included")
    assert told["peak"] < BOUND, "MiB"
