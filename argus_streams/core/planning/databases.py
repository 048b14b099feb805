"""What a load needs of Postgres, of Redis and of models."""

from collections.abc import Iterator
from math import log2

from argus_streams.core.planning.figures import Given, Line, Load
from argus_streams.core.planning.pace import DAY, GIB, TARGET, a_core, heavier

MONTH = 30.4  # days
REDIS_GIB = 0.25


def databases(given: Given) -> Iterator[Line]:
    """Disk and processors of Postgres, and Redis' memory."""
    load, rows = given.load, given.figures.rows
    event = rows["production_events"].value * heavier(given)

    first = _kept(load, 1) * event / GIB
    yield Line(
        "Postgres, the first day",
        first,
        "GiB",
        f"the 1st, 2nd, 4th, 8th … event of {load.problems:,} problems x {event:,.0f} bytes",
    )
    counts = load.problems * rows["group_days"].value / GIB
    growth = (_kept(load, given.keep_days) - _kept(load, 1)) * event / GIB / max(1, given.keep_days - 1) + counts
    yield Line(
        "Postgres, growth",
        growth,
        "GiB a day",
        f"events as their numbers double, and {rows['group_days'].value:,.0f} bytes a problem and day that it occurs",
    )
    groups = load.problems * rows["error_groups"].value / GIB
    whole = (_kept(load, given.keep_days) * event / GIB + counts * given.keep_days + groups) / TARGET
    yield Line("Postgres, disk", whole, "GiB", f"after {given.keep_days} days (ARGUS_KEEP_DAYS), {TARGET:.0%} full")
    cores = load.rate / a_core(given, "postgres") / TARGET
    yield Line(
        "Postgres, CPU",
        cores,
        "cores",
        f"rate over {a_core(given, 'postgres'):,.0f} bodies per CPU second, at {TARGET:.0%}",
    )
    yield Line("Redis", REDIS_GIB, "GiB", "answers of models, the oldest given up; what does not fit is asked again")


def _kept(load: Load, days: float) -> float:
    """Events that are kept: the 1st, 2nd, 4th, 8th … of each problem; most where all problems occur equally often."""
    events = load.rate * DAY * days
    return min(events, load.problems * (1 + log2(max(1.0, events / load.problems))))


def models(given: Given) -> Line:
    """What budgets allow."""
    most = given.load.projects * given.dollars_a_day * MONTH
    told = f"{given.load.projects:,} projects x {given.dollars_a_day:g} a day (ARGUS_BUDGETS_FILE): the limit"
    return Line("models, at most", most, "USD a month", told)
