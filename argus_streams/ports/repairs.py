"""What repairs of broken locators need of the outside."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from argus_streams.core.events import LAST_TIME
from argus_streams.core.repairs import HealingDecision, Pattern, RepairVerdict, Standing


class PatternQuery(Struct, frozen=True, kw_only=True):
    """Which repairs to read; the one used last comes first."""

    project: str | None = None
    standings: tuple[Standing, ...] = ()  # none = all
    fingerprint: str | None = None  # or its beginning
    limit: int = 50


class DecisionQuery(Struct, frozen=True, kw_only=True):
    """Which decisions about broken locators to read; the latest comes first."""

    project: str | None = None
    verdicts: tuple[RepairVerdict, ...] = ()  # none = all
    since: int = 0  # ms, of what was decided on: no earlier ...
    until: int = LAST_TIME  # ... and earlier than this
    limit: int = 50


class Repairs(Protocol):
    """What people ask of healing; raises as ``Store`` does."""

    async def patterns(self, query: PatternQuery) -> Sequence[Pattern]: ...

    async def decisions(self, query: DecisionQuery) -> Sequence[HealingDecision]: ...


class HealingMeter(Protocol):
    """Counts what becomes of failures, and of what is heard of repairs."""

    def decided(self, decision: HealingDecision) -> None:
        """A broken locator was decided on."""
        ...

    def passed(self, reason: str) -> None:
        """A failure was no business of healing."""
        ...

    def heard(self, kind: str) -> None:
        """Something was told about a repair: worked, failed, again, or a command."""
        ...
