"""An input of n bytes costs at most linear time, for every sender and however the input grows."""

from itertools import pairwise

import pytest
from bodies import samples, some
from growth import UNITS, items, seconds, strings, ways
from law import SOURCES

SIZES = (1_000, 10_000, 100_000, 1_000_000)  # bytes
_SHORTEST = 0.0005  # CPU seconds that are measured, rather than disturbed
_STEEPER = 4  # than linear, in each step: what a cache or the clock makes of it. Quadratic is 10
_PACE = 1e-7  # s a byte: what is read as fast as this at a size is not steep below it

every_source = pytest.mark.parametrize("source", SOURCES)


def _steep(way, small, large):
    """Whether the larger body costs more per byte. What other work on the machine has disturbed is measured again."""
    if seconds(way, large) < max(_PACE * large, _SHORTEST):
        return False
    return not any(
        seconds(way, large) < _STEEPER * (large / small) * max(seconds(way, small), _SHORTEST * small / large)
        for _ in range(6)
    )


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
def test_every_way_to_grow_takes_linear_time(source, say):
    found = list(ways(samples(source)))
    assert [(way, step) for way in found for step in pairwise(SIZES) if _steep(way, *step)] == []
    dearest = max(found, key=lambda way: seconds(way, SIZES[-1]))
    told = ", ".join(f"{size / 1000:,.0f} kB {seconds(dearest, size) * 1000:,.2f} ms" for size in SIZES)
    say(f"{source}: of {len(found):,} ways to grow the dearest is {dearest.name}: {told}")
