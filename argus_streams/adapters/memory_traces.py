"""Traces in memory, for tests of what makes them."""

from collections.abc import Sequence

from argus_streams.core.tracing import Span


class MemoryTracer:
    """``ports.tracing.Tracer`` that ends with the process."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.beyond = 0
        self._closed = False

    def record(self, spans: Sequence[Span], took: float) -> None:  # noqa: ARG002 - when is of no use here
        if not self._closed:
            self.spans += spans

    def refused(self, count: int) -> None:
        self.beyond += count

    def close(self) -> None:
        self._closed = True
