"""What Kafka does not let us do: told to people, and tried again, for a permission may be given at any time."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from aiokafka.consumer.fetcher import FetchError
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from argus_streams.streaming.aside import Aside

REFUSED = (TopicAuthorizationFailedError, GroupAuthorizationFailedError, ClusterAuthorizationFailedError)
AGAIN_SECONDS = (1.0, 10.0)  # first and longest pause before the next try
QUIET_SECONDS = 3.0  # after the time of a try without another refusal it was granted


class Refusals:
    """Lives in the consumer's thread; ``report`` is told what is refused, ``None`` = nothing is."""

    def __init__(self, report: Callable[[str | None], None]) -> None:
        self._report = report
        self._until: dict[str, float] = {}
        self._pauses: dict[str, float] = {}
        self._aside = Aside()

    def met(self, error: KafkaError) -> float:
        """Kafka refused something; the seconds until it is to be tried again."""
        told = _sentence(error)
        pause = min(self._pauses.get(told, AGAIN_SECONDS[0] / 2) * 2, AGAIN_SECONDS[1])
        self._pauses[told], self._until[told] = pause, monotonic() + pause + QUIET_SECONDS
        self._tell()
        return pause

    def pause(self, consumer: Any, error: KafkaError) -> None:
        """A fetch was refused: what it is about is not fetched for a while, other topics are."""
        seconds, names = self.met(error), _named(error)
        for tp in consumer.assignment():
            if tp.topic in names:
                self._aside.put(consumer, tp, seconds)
        fetched = consumer._fetcher._records  # noqa: SLF001 - one error a partition, each of which would be met
        for tp in [tp for tp, found in fetched.items() if isinstance(found, FetchError)]:
            del fetched[tp]

    def resume(self, consumer: Any) -> None:
        """Try again what is due."""
        self._aside.back(consumer)

    def settle(self) -> None:
        """Forget what was not refused again. Call it about once a second."""
        for told, until in list(self._until.items()):
            if monotonic() > until:
                del self._until[told], self._pauses[told]
        self._tell()

    def _tell(self) -> None:
        self._report("; ".join(sorted(self._until)) or None)


def _sentence(error: KafkaError) -> str:
    what = ", ".join(_named(error))
    if isinstance(error, GroupAuthorizationFailedError):
        return no_group(what)
    if isinstance(error, TopicAuthorizationFailedError):
        return no_topic(what)
    return "Kafka refuses its user on the whole cluster: grant what the request needs"


def _named(error: KafkaError) -> list[str]:
    named = error.args[0] if error.args else ()
    return sorted(named) if isinstance(named, set | frozenset) else [str(named)]


def no_group(name: str) -> str:
    """What to do where a consumer group may not be read."""
    return f"Kafka does not let us into consumer group {name}: grant its user READ on the group"


def no_topic(name: str) -> str:
    """What to do where a topic may not be read."""
    return f"Kafka does not let us read topic {name}: grant its user READ on the topic"
