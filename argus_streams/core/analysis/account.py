"""A project's budget: what a call may cost at worst is reserved before it, and settled after it.

A reservation that is in the account was confirmed by the changelog, and only such a call is made. Of one whose end
nobody knows, for its worker was killed, the whole reservation counts as spent. So what was spent and what may still be
spent on calls under way never exceed the budget, whatever happens in between. Money is billionths of a dollar, a
budget is one UTC day's. The account's clock never goes back: a worker with a slow clock spends no day twice.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from argus_streams.core.analysis.prices import Provider
from argus_streams.core.analysis.registry import Task
from argus_streams.core.findings import Tier

DAY = 86_400_000  # ms
MINUTE = 60_000  # ms


class Limits(Struct, frozen=True):
    """What a project may spend."""

    nanos_per_day: int
    calls_per_minute: int


class Attempt(Struct, frozen=True, array_like=True):
    """A call that was reserved and is not settled: it may be under way."""

    task: Task
    tier: Tier
    provider: Provider
    model: str
    reserved: int  # billionths of a dollar, the worst case
    minute: int  # since 1970: it counts for this one and its day
    questions: tuple[tuple[str, ...], ...]  # subjects of each question; several questions are a batch
    batch: str = ""  # id that the provider gave it


class Account(Struct, frozen=True, array_like=True):
    """What a project has spent on the account's day, and what is under way; new fields go to the end."""

    minute: int = 0  # since 1970, the latest one that was seen
    spent: int = 0  # of its day, settled
    calls: int = 0  # reserved for its minute
    numbers: int = 0  # attempts so far: the last one's number
    attempts: dict[int, Attempt] = {}
    queue: dict[str, int] = {}  # subject → ms, when it is due
    total: int = 0  # spent since the beginning


class Reserved(Struct, frozen=True):
    """The call may be made as soon as this account is confirmed."""

    account: Account
    number: int


class Denied(Struct, frozen=True):
    """The call must not be made."""

    reason: Literal["budget_spent", "call_too_dear", "too_many_calls"]
    again_at: int  # ms


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Account)


def encode(account: Account) -> bytes:
    """The account as it lies in the changelog."""
    return _ENCODER.encode(account)


def decode(data: bytes) -> Account:
    """The account that ``encode`` wrote."""
    return _DECODER.decode(data)


def at(account: Account, now: int) -> Account:
    """The account as of ``now`` (ms); a later minute begins with no calls, a later day with nothing spent."""
    minute = now // MINUTE
    if minute <= account.minute:
        return account
    same_day = _day(minute) == _day(account.minute)
    return msgspec.structs.replace(account, minute=minute, calls=0, spent=account.spent if same_day else 0)


def committed(account: Account) -> int:
    """What of the account's day is spent, or may be by calls under way."""
    day = _day(account.minute)
    return account.spent + sum(each.reserved for each in account.attempts.values() if _day(each.minute) == day)


def day(account: Account) -> int:
    """The account's day, since 1970."""
    return _day(account.minute)


def reserve(account: Account, attempt: Attempt, limits: Limits, now: int) -> Reserved | Denied:
    """Reserve a call's worst case in the present minute; ``attempt.minute`` is set here."""
    account = at(account, now)
    if attempt.reserved > limits.nanos_per_day:
        return Denied("call_too_dear", _next_day(account))
    if committed(account) + attempt.reserved > limits.nanos_per_day:
        return Denied("budget_spent", _next_day(account))
    if account.calls >= limits.calls_per_minute:
        return Denied("too_many_calls", (account.minute + 1) * MINUTE)
    number = account.numbers + 1
    dated = msgspec.structs.replace(attempt, minute=account.minute)
    after = msgspec.structs.replace(
        account, calls=account.calls + 1, numbers=number, attempts={**account.attempts, number: dated}
    )
    return Reserved(after, number)


def may_begin(account: Account, number: int, now: int) -> bool:
    """Whether the call may be made now: in the minute for which it was reserved, else that minute's limit is void."""
    attempt = account.attempts.get(number)
    return attempt is not None and attempt.minute == at(account, now).minute


def submitted(account: Account, number: int, batch: str) -> Account:
    """The provider has taken the batch under this id: whoever owns the project next can fetch its answers."""
    attempt = msgspec.structs.replace(account.attempts[number], batch=batch)
    return msgspec.structs.replace(account, attempts={**account.attempts, number: attempt})


def settle(account: Account, number: int, billed: int) -> Account:
    """The call is over and cost this much; it counts for the day on which it was reserved."""
    attempt = account.attempts[number]
    others = {each: kept for each, kept in account.attempts.items() if each != number}
    own_day = _day(attempt.minute) == _day(account.minute)
    return msgspec.structs.replace(
        account, attempts=others, spent=account.spent + (billed if own_day else 0), total=account.total + billed
    )


def forget(account: Account, number: int) -> Account:
    """Nobody knows how the call ended: it counts as dear as it could be."""
    return settle(account, number, account.attempts[number].reserved)


def emptied(account: Account) -> Account:
    """Nothing waits any more; what is under way counts as dear as it could be."""
    for number in tuple(account.attempts):
        account = forget(account, number)
    return msgspec.structs.replace(account, queue={})


def release(account: Account, number: int) -> Account:
    """The call was not begun and never will be."""
    return settle(account, number, 0)


def holds(account: Account, subject: str) -> bool:
    """Whether the subject waits, or is being asked about."""
    asked = (question for attempt in account.attempts.values() for question in attempt.questions)
    return subject in account.queue or any(subject in question for question in asked)


def idle(account: Account) -> bool:
    """Whether nothing waits, and nothing is under way."""
    return not account.attempts and not account.queue


def queued(account: Account, due: Mapping[str, int]) -> Account:
    """The account with these subjects due at these times (ms)."""
    return msgspec.structs.replace(account, queue={**account.queue, **due})


def dequeued(account: Account, subject: str) -> Account:
    """The account without a subject."""
    return msgspec.structs.replace(account, queue={each: due for each, due in account.queue.items() if each != subject})


def _day(minute: int) -> int:
    return minute * MINUTE // DAY


def _next_day(account: Account) -> int:
    return (_day(account.minute) + 1) * DAY
