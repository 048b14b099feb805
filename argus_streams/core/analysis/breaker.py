"""Whether a provider is asked at all: one that keeps failing is left alone for a while, then tried with one question.

closed ─ failures in a row, or too many of the last minute's calls ─▶ open ─ the pause is over ─▶ trying ─▶ closed
                                                                       ▲                          │ failed
                                                                       └────── a longer pause ────┘

Times are milliseconds. A call gets a ticket, which is shown when it has ended: what began before the state changed
says nothing of the state now.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from argus_streams.core.analysis.asking import PASSING, Trouble

Phase = Literal["closed", "open", "trying"]


class Policy(Struct, frozen=True, kw_only=True):
    """When to leave a provider alone, and for how long."""

    in_a_row: int = 5  # failures
    ratio: float = 0.5  # of the calls of a window ...
    least: int = 20  # ... if there were so many
    window: int = 60_000
    pause: int = 15_000  # doubled with each trial that fails ...
    longest: int = 600_000  # ... up to this, whatever the provider asks for
    trial: int = 120_000  # after which a trial that nobody heard of is given up


class Window(Struct, frozen=True):
    """Calls of half a window."""

    since: int = 0
    calls: int = 0
    failures: int = 0


class Breaker(Struct, frozen=True):
    """One provider's; a fresh one is closed."""

    phase: Phase = "closed"
    ticket: int = 0  # of the calls that count now
    in_a_row: int = 0  # failures
    now: Window = Window()
    before: Window = Window()
    until: int = 0  # open: when the pause is over; trying: when the trial is given up
    pauses: int = 0  # one after the other


class Admitted(Struct, frozen=True):
    """The call may be made; ``ticket`` is shown when it has ended."""

    breaker: Breaker
    ticket: int


class Shut(Struct, frozen=True):
    """The provider is left alone."""

    until: int  # when it is worth to ask again


def admit(breaker: Breaker, now: int, policy: Policy) -> Admitted | Shut:
    """Whether a call may be made now. When a pause is over, one may."""
    if breaker.phase == "closed":
        return Admitted(breaker, breaker.ticket)
    if now < breaker.until:
        return Shut(breaker.until)
    ticket = breaker.ticket + 1
    return Admitted(replace(breaker, phase="trying", ticket=ticket, until=now + policy.trial), ticket)


def answered(breaker: Breaker, ticket: int, now: int, policy: Policy) -> Breaker:
    """A call brought something, be it that the question was refused: the provider is there."""
    if ticket != breaker.ticket or breaker.phase == "open":
        return breaker
    if breaker.phase == "trying":
        return Breaker(ticket=breaker.ticket + 1)
    return replace(_counted(breaker, now, 0, policy), in_a_row=0)


def failed(
    breaker: Breaker, ticket: int, trouble: Trouble, now: int, policy: Policy, *, retry_after: float | None = None
) -> Breaker:
    """A call was in vain; ``retry_after`` is in seconds, as the provider told it."""
    if trouble not in PASSING:
        return answered(breaker, ticket, now, policy)
    if ticket != breaker.ticket or breaker.phase == "open":
        return breaker
    counted = _counted(replace(breaker, in_a_row=breaker.in_a_row + 1), now, 1, policy)
    if breaker.phase == "trying" or _too_many(counted, policy):
        return _opened(breaker, now, policy, retry_after)
    return counted


def given_up(breaker: Breaker, ticket: int, now: int) -> Breaker:
    """A call that was admitted was not made, or nobody waited for it: it says nothing, and another may try."""
    trial = ticket == breaker.ticket and breaker.phase == "trying"
    return replace(breaker, phase="open", until=now) if trial else breaker


def _opened(breaker: Breaker, now: int, policy: Policy, retry_after: float | None) -> Breaker:
    pause = policy.pause * 2 ** min(breaker.pauses, 30)
    wanted = 0 if retry_after is None else int(min(retry_after * 1000, policy.longest))
    until = now + min(max(pause, wanted), policy.longest)
    return Breaker(phase="open", ticket=breaker.ticket + 1, until=until, pauses=breaker.pauses + 1)


def _counted(breaker: Breaker, now: int, failures: int, policy: Policy) -> Breaker:
    """One more call in the half of a window that is now; the half before it is remembered."""
    half = policy.window // 2
    since = now - now % half
    current, before = breaker.now, breaker.before
    if since > current.since:
        before = current if since - current.since == half else Window()
        current = Window(since)
    counted = Window(current.since, current.calls + 1, current.failures + failures)
    return replace(breaker, now=counted, before=before)


def _too_many(breaker: Breaker, policy: Policy) -> bool:
    calls = breaker.now.calls + breaker.before.calls
    failures = breaker.now.failures + breaker.before.failures
    return breaker.in_a_row >= policy.in_a_row or (calls >= policy.least and failures >= calls * policy.ratio)
