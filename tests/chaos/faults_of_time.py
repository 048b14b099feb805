"""The clock of a host steps back while workers run: what they measure is measured with a clock that only goes on."""

import asyncio
import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import parts
from faults_of_workers import all_roles_are_killed_at_once

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/local/lib/faketime/libfaketimeMT.so.1")
BACK_SECONDS = 3_600
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


async def the_clock_steps_back_an_hour(play):
    """Of all workers at once, while they work; and on again."""
    shift = play.stage.folder / "shift"
    shift.write_text("+0")
    await play.replaced(
        LD_PRELOAD=library(),
        FAKETIME_TIMESTAMP_FILE=str(shift),
        FAKETIME_CACHE_DURATION="1",  # s until a step is noticed
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        DONT_FAKE_MONOTONIC="1",  # what the variable above was called before
    )
    await asyncio.sleep(play.random.uniform(3, 5))
    shift.write_text(f"-{BACK_SECONDS}")
    await asyncio.sleep(play.random.uniform(12, 15))  # above the session time-out
    await play.mended(play.regulars)
    await all_roles_are_killed_at_once(play)
    shift.write_text("+0")
    await asyncio.sleep(play.random.uniform(3, 5))
    await play.mended(play.regulars)
    assert _stepped(play.regulars.log("correlate")), "the workers' clock did not step back"


def _stepped(log):
    """Whether a later line tells an earlier hour."""
    told = [datetime.fromisoformat(line[:19]) for line in log.splitlines() if STAMP.match(line)]
    return any(before - after > timedelta(seconds=BACK_SECONDS / 2) for before, after in pairwise(told))


def library():
    """What shows another time to a process; without it the test says that it did not run."""
    found = [str(file) for pattern in LIBRARIES for file in Path("/").glob(pattern.lstrip("/"))]
    if not found:
        parts.missing("faketime", "apt-get install faketime")
    return found[0]
