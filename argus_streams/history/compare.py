"""``argus replay compare``: what the live generation and another say of each group."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from rich.console import Console

from argus_streams.adapters.comparing import side_by_side
from argus_streams.console import short
from argus_streams.core.generations.comparison import Verdict, merged
from argus_streams.core.grouping.state import HOUR
from argus_streams.core.moments import moment
from argus_streams.foreign import foreign
from argus_streams.history.site import Refused, Site

SHOWN = 20  # differences that a person is shown
FRESH = "fresh"
_TIMES = ("first_seen", "last_seen")


async def compare(site: Site, name: str, tell: Callable[[Verdict], None]) -> Counter[str]:
    """Tell each group that the two do not say alike; how many groups got which verdict, and how many are fresh."""
    record, live = await site.record(name), await site.live()
    if record.schema == live.making().schema:
        raise Refused(f"{name} is live: name the one to compare it with")
    found: Counter[str] = Counter()
    async with side_by_side(site.given.database(), live.making().schema, record.schema) as sides:
        async for each in merged(sides.live, sides.other):
            found[each.verdict] += 1
            if each.verdict != "same":
                found[FRESH] += each.fresh
                tell(each)
    return found


def differ(found: Counter[str]) -> bool:
    """Whether any group is not the same in both."""
    return any(number for word, number in found.items() if word not in ("same", FRESH))


class Printed:
    """Shows the first differences to a person, and counts on."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._left = SHOWN

    def tell(self, told: Verdict) -> None:
        """Show one, unless enough are shown."""
        self._left -= 1
        if self._left < 0:
            return
        head = f"{told.verdict}: {told.project} {short(told.fingerprint)} {told.title}"
        self._out.print(foreign(head), foreign(f"  {told.live:,} live, {told.other:,} here"), sep="\n", soft_wrap=True)
        for each in told.differences:
            live, here = _words(each.field, each.live), _words(each.field, each.other)
            self._out.print(foreign(f"  {each.field}: {live} live, {here} here"), soft_wrap=True)

    def close(self, found: Counter[str]) -> None:
        """Show what they add up to."""
        if self._left < 0:
            self._out.print(f"and {-self._left:,} more; --json tells them all")
        words = ("same", "different", "live only", "other only")
        self._out.print(", ".join(f"{found[word]:,} {word}" for word in words), markup=False)
        if found[FRESH]:
            self._out.print(
                f"{found[FRESH]:,} of those that differ were written in the last minute: while events come in, one of "
                "the two may be ahead",
                soft_wrap=True,
            )


def _words(field: str, value: Any) -> str:
    """What a generation says of a field, as a person reads it; times are in UTC."""
    if field == "hours":
        value = {moment(hour * HOUR): count for hour, count in value.items()}
    if isinstance(value, dict):
        return "(" + ", ".join(f"{key}: {count:,}" for key, count in value.items()) + ")"
    return moment(value) if field in _TIMES else str(value)
