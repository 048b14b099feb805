"""An input of n bytes costs at most linear time, for every sender and however the input grows."""

from itertools import pairwise

import pytest
from bodies import samples, some
from growth import UNITS, items, seconds, strings, structures
from law import SOURCES

SIZES = (1_000, 10_000, 100_000, 1_000_000)  # bytes
_SHORTEST = 0.0005  # CPU seconds that are measured, rather than disturbed
_STEEPER = 4  # than linear, in each step: what a cache or the clock makes of it. Quadratic is 10
_PACE = 1e-7  # s a byte: what is read as fast as this is not steep, whatever a shorter body took

every_source = pytest.mark.parametrize("source", SOURCES)


def _steep(way, small, large):
    """Whether the larger body costs more per byte. What other work on the machine has disturbed is measured again."""
    if _pace(way, large) < _PACE:
        return False
    return not any(_pace(way, large) < _STEEPER * max(_pace(way, small), _PACE) for _ in range(6))


def _pace(way, size):
    """CPU seconds a byte; none for what is over too soon to be measured."""
    taken, length = seconds(way, size)
    return taken / length if taken > _SHORTEST else 0


@every_source
def test_more_items_take_linear_time(source):
    assert [way for way in some(items(samples(source)), 10) if _steep(way, 20_000, 200_000)] == []


@every_source
def test_a_longer_text_takes_linear_time(source):
    """Each text with one unit, the next text with the next unit."""
    chosen = list(strings(samples(source)))[:: len(UNITS) + 1]
    assert [way for way in some(chosen, 40) if _steep(way, 20_000, 200_000)] == []


@pytest.mark.fuzz
@every_source
def test_more_of_anything_takes_linear_time(source, say):
    found = list(structures(samples(source)))
    assert [(way, step) for way in found for step in pairwise(SIZES) if _steep(way, *step)] == []
    say(f"{source}: of {len(found):,} ways to grow the dearest is {_told(found)}")


@pytest.mark.fuzz
@every_source
def test_any_text_as_any_unit_over_and_over_takes_linear_time(source, say):
    found = list(strings(samples(source)))
    assert [way for way in found if _steep(way, 20_000, 200_000)] == []
    say(f"{source}: of {len(found):,} long texts the dearest is {_told(some(found, 400))}")


def _told(found):
    dearest = max(found, key=lambda way: _pace(way, SIZES[-1]))
    measured = [seconds(dearest, size) for size in SIZES]
    times = ", ".join(f"{length / 1000:,.0f} kB {taken * 1000:,.2f} ms" for taken, length in measured)
    return f"{dearest.name}: {times}"
