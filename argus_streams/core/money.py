"""Money for people; inside it is billionths of a US dollar, so that sums are exact."""

BILLION = 1_000_000_000


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
