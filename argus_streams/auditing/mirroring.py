"""How it shows what is here of other regions."""

from collections.abc import Iterator, Sequence

from argus_streams.core.audit.mirroring import Mirrored, RegionVerdict
from argus_streams.core.moments import moment

SHOWN = 20  # gaps of a region that people see; --json has more


def lines(verdicts: Sequence[RegionVerdict]) -> Iterator[str]:
    """What people see."""
    for verdict in verdicts:
        if verdict.away:
            yield f"region {verdict.region} can not be asked: {verdict.away}"
            yield "what it took and is not here can not be told while it is away; here is, of each of its topics,"
        for each in verdict.topics:
            yield _line(verdict, each)
        for gap in verdict.gaps[:SHOWN]:
            place = gap.topic if gap.partition < 0 else f"{gap.topic}/{gap.partition}/{gap.first}"
            yield f"{gap.what}: {place}: {gap.detail}"
        if verdict.clean:
            yield f"All that region {verdict.region} took is here once, or on its way."


def _line(verdict: RegionVerdict, each: Mirrored) -> str:
    until = "nothing" if each.until is None else f"what it took until {moment(each.until)} UTC"
    if verdict.away:
        return f"  {each.topic}: {until}"
    told = f"{verdict.region}: {each.topic}: {each.records:,} records, {each.mirrored:,} of them here"
    wrong = {"missing": each.missing, "double": each.double, "not in the source": each.strange}
    told += "".join(f", {number:,} {what}" for what, number in wrong.items() if number)
    if each.behind:
        told += f", {each.behind:,} not yet; the mirror {'moves' if each.moving else 'STANDS STILL'}, here is {until}"
    return told
