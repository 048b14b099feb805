"""What a worker says of itself: ready, and if not, why; how often and how long it waited for what."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

Cause = Literal["broker", "outside", "setting", "refused", "unreadable"]


@dataclass(slots=True)
class Health:
    """The state that probes ask for; written by the loop and the worker."""

    role: str
    joined: bool = False  # has the group given us an assignment, be it an empty one
    rebalancing: bool = True
    recovering: bool = False
    away: str | None = None  # what did not answer when it was last asked, though nothing waited for it
    partitions: int = 0
    inputs: int | None = None  # partitions of all inputs, whoever has them; ``None`` = nobody has asked yet
    rebalances: int = 0
    committed: float = field(default_factory=monotonic)  # when we last did, or began
    turns: int = 0
    records: int = 0
    waits: dict[Cause, str] = field(default_factory=dict)  # why work, or a part of it, waits for something outside
    _since: dict[Cause, float] = field(default_factory=dict)
    _held: dict[Cause, float] = field(default_factory=dict)  # s, of holds that are over
    holds: Counter[Cause] = field(default_factory=Counter)

    @property
    def holding(self) -> str | None:
        """Why work waits; ``None`` while it does not."""
        return "; ".join(list(self.waits.values())) or None

    def hold(self, cause: Cause, why: str) -> None:
        """Work waits from now on, or still does."""
        if cause not in self.waits:
            self.holds[cause] += 1
            self._since[cause] = monotonic()
        self.waits[cause] = why

    def go_on(self, *causes: Cause) -> None:
        """It waits no longer for these."""
        for cause in causes:
            if self.waits.pop(cause, None) is not None:
                self._held[cause] = self._held.get(cause, 0.0) + monotonic() - self._since.pop(cause)

    def held(self) -> Mapping[Cause, float]:
        """Seconds that work waited, by cause, running holds among them."""
        now = monotonic()
        running = {cause: now - since for cause, since in list(self._since.items())}
        return {cause: self._held.get(cause, 0.0) + running.get(cause, 0.0) for cause in WORDS}

    def commit_age(self) -> float:
        """Seconds since the last commit."""
        return monotonic() - self.committed

    def obstacles(self) -> list[str]:
        """What stands between this worker and readiness; empty = ready."""
        found = []
        if not self.joined:
            found.append("not yet a member of its consumer group")
        if self.rebalancing:
            found.append("rebalancing")
        if self.recovering:
            found.append("recovering state")
        found += [f"{WORDS[cause]}: {why}" for cause, why in list(self.waits.items())]
        if self.away and not self.waits:
            found.append(f"away: {self.away}")
        return found


WORDS: Mapping[Cause, str] = {
    "broker": "holding",
    "outside": "holding",
    "setting": "holding",
    "refused": "refused",
    "unreadable": "unreadable",
}
