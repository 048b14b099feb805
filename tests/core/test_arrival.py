"""A record's time, which producers of an input of the user's own may stamp: none that a later stage can not keep."""

import pytest

from argus_streams.core.events import LAST_TIME, Origin
from argus_streams.core.normalization import arrived


@pytest.mark.parametrize(
    ("stamped", "taken"),
    [(-1, 1), (0, 1), (5, 5), (LAST_TIME, LAST_TIME), (LAST_TIME + 1, LAST_TIME), (2**63 - 1, LAST_TIME)],
)
def test_a_time_that_no_calendar_has_is_the_nearest_that_one_has(stamped, taken):
    body = arrived(b"{}", (), defaults=None, origin=Origin("t", 0, 0), received_at=stamped)
    assert body.received_at == taken
