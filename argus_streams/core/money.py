"""Money: inside billionths of a US dollar, so that sums are exact, and how people read it."""

from msgspec import Struct

from argus_streams.core.findings import By, Tier, Verdict

BILLION = 1_000_000_000


class Spending(Struct, frozen=True, kw_only=True):
    """What analyses of one kind came to."""

    by: By
    reason: str
    tier: Tier | None = None
    verdict: Verdict | None = None
    analyses: int
    cost: int  # billionths of a dollar


def dollars(billionths: int) -> str:
    """An amount to the cent, below a dollar to the hundredth of one; never nothing for something."""
    if billionths == 0:
        return "USD 0"
    if billionths < BILLION // 20_000:
        return "under USD 0.0001"
    digits = 2 if billionths >= BILLION else 4
    unit = BILLION // 10**digits
    whole, part = divmod((billionths + unit // 2) // unit, 10**digits)
    return f"USD {whole:,}.{part:0{digits}}"
