"""Says that there are dead letters: a line for each stage and reason, and not for each letter."""

import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple

from argus_streams import logs
from argus_streams.core.events import Origin
from argus_streams.core.tracing import Context

log = logging.getLogger(__name__)

AGAIN_SECONDS = 10.0


class Example(NamedTuple):
    """What one letter is about, and the trace that it is in."""

    origin: Origin
    trace: Context | None = None


class LetterLines:
    """Remembers what was not yet said of each stage and reason, few and bounded."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock  # s, monotonic
        self._said: dict[tuple[str, str], float] = {}
        self._unsaid: dict[tuple[str, str], int] = {}

    def tell(self, kind: tuple[str, str], count: int, example: Example, names: Mapping[str, str]) -> None:
        """So many more letters of a stage and reason; ``names`` of topics by their ids."""
        self._unsaid[kind] = self._unsaid.get(kind, 0) + count
        now = self._clock()
        if now - self._said.get(kind, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return
        self._said[kind] = now
        origin, trace = example
        topic, count = names.get(origin.topic, origin.topic), self._unsaid.pop(kind)
        log.warning(
            "dead letters of %s for %s: %s since the last line of these, such as %s/%s at offset %s",
            *kind, count, topic, origin.partition, origin.offset,
            extra=_extra(topic, origin, trace) | {"stage": kind[0], "reason": kind[1], "letters": count},
        )  # fmt: skip


def _extra(topic: str, origin: Origin, trace: Context | None) -> logs.Extra:
    extra = logs.about(topic, origin.partition, origin.offset, origin.index)
    return extra if trace is None else extra | {"trace_id": trace.trace_id, "span_id": trace.span_id}
