"""Where the inputs stood when the demo began, and an audit of all that came since."""

from collections.abc import Callable, Mapping

from argus_streams import app
from argus_streams.auditing.cutting import Scope
from argus_streams.auditing.drain import drained, records_of
from argus_streams.auditing.front import audited
from argus_streams.auditing.report import Quiet
from argus_streams.core.audit.verdict import Verdict
from argus_streams.settings import Settings
from argus_streams.streaming.position import Partition

_NO_END = 1 << 60  # offset


class Accountant:
    """Audits what came after ``open``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._first: Mapping[Partition, int] = {}

    async def open(self) -> None:
        """Note where the input ends now."""
        topic = app.topics_of(self._settings).incoming
        with records_of(self._settings) as records:
            (_, partitions) = records.topics()[topic]
            bounds = records.bounds([Partition(topic, number) for number in range(partitions)])
        self._first = {tp: end for tp, (_, end) in bounds.items()}

    async def drained(self, seconds: float, check: Callable[[], object]) -> bool:
        """Wait until nothing is in flight; whether that came true in time."""
        return await drained(self._settings, seconds, check)

    async def verdict(self) -> Verdict:
        """What became of it."""
        fresh = not any(self._first.values())  # a span that is all there is lets the counts be compared, too
        scope = Scope() if fresh else Scope(offsets={tp: (first, _NO_END) for tp, first in self._first.items()})
        return await audited(self._settings, scope, Quiet())
