"""The clock of a host steps back while workers run: what they measure is measured with a clock that only goes on."""

import asyncio
import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from faults_of_workers import all_roles_are_killed_at_once

STEPPING = Path(__file__).parent / "stepping"
BACK_SECONDS = 3_600
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


async def the_clock_steps_back_an_hour(play):
    """Of all workers at once, while they work; and on again. What librdkafka sees is the real one."""
    shift = play.stage.folder / "shift"
    shift.write_text("0")
    await play.replaced(PYTHONPATH=str(STEPPING), CLOCK_SHIFT=str(shift))
    await asyncio.sleep(play.random.uniform(3, 5))
    shift.write_text(f"-{BACK_SECONDS}")
    await asyncio.sleep(play.random.uniform(12, 15))  # above the session time-out
    await play.mended(play.regulars)
    await all_roles_are_killed_at_once(play)
    shift.write_text("0")
    await asyncio.sleep(play.random.uniform(3, 5))
    await play.mended(play.regulars)
    assert _stepped(play.regulars.log("correlate")), "the workers' clock did not step back"


def _stepped(log):
    """Whether a later line tells an earlier hour."""
    told = [datetime.fromisoformat(line[:19]) for line in log.splitlines() if STAMP.match(line)]
    return any(before - after > timedelta(seconds=BACK_SECONDS / 2) for before, after in pairwise(told))
