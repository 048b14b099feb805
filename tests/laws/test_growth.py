"""An input of n bytes costs at most linear time, for every sender and however the input grows."""

import pytest
from bodies import samples
from growth import seconds, ways
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
def test_reading_takes_linear_time(source):
    structures = [way for way in ways(samples(source)) if way.name[-1:] not in "'\""]
    assert [way for way in structures if _steep(way, 20_000, 200_000)] == []
