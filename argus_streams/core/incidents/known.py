"""What a project's signals have taught: who calls whom, and which feature flags are new.

What is learned is kept by the earliest time it was seen, and used some time later or compared with times long past:
so it is the same whatever order the signals of the last minutes arrived in.
"""

from collections.abc import Mapping

from msgspec import Struct, field

PEERS = 30  # of a service
SERVICES = 300
CALLS = 2_500  # peers of all services together
FLAGS = 1_000
SETTLED = 2 * 3_600_000  # ms, after which what was learned is used
NEW = 3_600_000  # ms, for which a flag is a new one


class Known(Struct, array_like=True):
    """Grows with the signals; bounded."""

    calls: dict[str, dict[str, int]] = field(default_factory=dict)  # service → peers → ms when that was first seen
    flags: dict[str, int] = field(default_factory=dict)  # flag → ms when it was first seen
    began: int = 0  # ms, the first signal: before it nobody knows what was new

    def learn(self, at: int, service: str | None, peers: tuple[str, ...], flags: tuple[str, ...]) -> None:
        """What a failing service was calling, and which flags were on."""
        self.began = min(self.began or at, at)
        for flag in flags:
            if flag in self.flags or len(self.flags) < FLAGS:
                self.flags[flag] = min(self.flags.get(flag, at), at)
        if not service or not peers or (len(self.calls) >= SERVICES and service not in self.calls):
            return
        known = self.calls.setdefault(service, {})
        for peer in peers:
            if peer in known or (len(known) < PEERS and self._has_room()):
                known[peer] = min(known.get(peer, at), at)

    def _has_room(self) -> bool:
        return sum(map(len, self.calls.values())) < CALLS

    def upstream(self, service: str | None, at: int) -> tuple[str, ...]:
        """What a service calls, as far as that was known for a while at ``at``."""
        return tuple(peer for peer, since in self.calls.get(service or "", {}).items() if since + SETTLED <= at)

    def new(self, flags: tuple[str, ...], at: int) -> tuple[str, ...]:
        """Those of the flags that were not there an hour before."""
        if at < self.began + SETTLED:
            return ()
        return tuple(flag for flag in flags if self.flags.get(flag, 0) > at - NEW)


class Surroundings(Struct, frozen=True):
    """What was learned, and what people have declared."""

    known: Known
    declared: Mapping[str, tuple[str, ...]]

    def upstream(self, service: str | None, at: int) -> tuple[str, ...]:
        """What a service calls."""
        return (*self.declared.get(service or "", ()), *self.known.upstream(service, at))
