"""Partitions that are not fetched for a while, so that their neighbours are."""

from time import monotonic
from typing import Any, NamedTuple

from aiokafka.structs import TopicPartition


class _Until(NamedTuple):
    assignment: object  # another one has forgotten that it is paused
    due: float


class Aside:
    """Lives in the consumer's thread."""

    def __init__(self) -> None:
        self._partitions: dict[TopicPartition, _Until] = {}

    def __contains__(self, tp: object) -> bool:
        return tp in self._partitions

    def partitions(self) -> frozenset[TopicPartition]:
        """Those that are set aside now."""
        return frozenset(self._partitions.copy())

    def put(self, consumer: Any, tp: TopicPartition, seconds: float) -> None:
        """Fetch nothing of this one for so long."""
        consumer.pause(tp)
        self._partitions[tp] = _Until(_assignment(consumer), monotonic() + seconds)

    def back(self, consumer: Any) -> list[TopicPartition]:
        """Fetch again what was set aside for long enough; those, and what has left since."""
        assignment, now = _assignment(consumer), monotonic()
        over = [tp for tp, until in self._partitions.items() if until.assignment is not assignment or now > until.due]
        for tp in over:
            if self._partitions.pop(tp).assignment is assignment:
                consumer.resume(tp)
        return over


def _assignment(consumer: Any) -> object:
    subscription = consumer._subscription.subscription  # noqa: SLF001 - pauses are kept there
    return subscription.assignment if subscription is not None else None
