"""Where spans go."""

from collections.abc import Sequence
from typing import Protocol

from argus_streams.core.tracing import Span


class Tracer(Protocol):
    """Takes spans of what is durable; never waits, never raises."""

    def record(self, spans: Sequence[Span], took: float) -> None:
        """These ended just now, and took so many seconds."""
        ...

    def refused(self, count: int) -> None:
        """So many records asked to be followed beyond the bound."""
        ...

    def close(self) -> None:
        """Hand on what waits, for a second at most; what comes later is dropped."""
        ...


class Nowhere:
    """The tracer of a deployment that wants no traces."""

    def record(self, spans: Sequence[Span], took: float) -> None:
        pass

    def refused(self, count: int) -> None:
        pass

    def close(self) -> None:
        pass
