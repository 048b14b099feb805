"""The bill of a simulated month: what the gate, known answers and joined calls leave of 1.6 million requests.

    python benchmarks/bill.py [--requests 80000] [--seed 1]

Gate, questions, joining and prices are the product's own; the month is made up (`benchmarks/month_of_requests.py`),
and a token is reckoned as four bytes of English text and code. The figures are for 1.6 million requests; fewer are
scaled, with fewer projects.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import month_of_requests as month
from month_of_requests import Wanted

from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.core.analysis.asking import Usage
from argus_streams.core.analysis.gate import Last, Skip, gate
from argus_streams.core.analysis.joining import Call, Pending, joined
from argus_streams.core.analysis.prices import Prices, cost
from argus_streams.core.analysis.private import Redactor
from argus_streams.core.analysis.prompt import cache_key, section
from argus_streams.core.analysis.registry import Registry, rungs
from argus_streams.core.scrub import scrubber

PLAN = 1_600_000  # requests a month
CEILING = 5_000  # US dollars a month
SAVED = 0.30  # share of would-be calls that known answers and joining have to save
KEPT = 7 * month.DAY  # ms that answers are known
WAIT = month.MINUTE // 2  # ms in which requests are gathered to be joined: ARGUS_ANALYSIS_DELAY
BYTES_A_TOKEN = 4
ANSWER = 160  # tokens of one subject's answer
_NANOS = 1_000_000_000


class Bill:
    """What a month costs, and what it did not."""

    def __init__(self, registry: Registry, prices: Prices) -> None:
        self._registry, self._prices = registry, prices
        self.skipped: Counter[str] = Counter()  # by reason
        self.wanted: Counter[str] = Counter()  # subjects that passed the gate, by tier: a call each, if nothing helped
        self.known: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.nanos: Counter[str] = Counter()
        self._answers: dict[str, int] = {}  # key → ms until which it is known
        self._last: dict[tuple[str, str], Last] = {}
        self._redactor = Redactor(scrubber())

    def add(self, together: Iterable[Wanted]) -> None:
        """Take the requests of one minute."""
        pending = [each for wanted in together if (each := self._pending(wanted)) is not None]
        for call in joined(pending, registry=self._registry):
            self.calls[call.ask.tier] += 1
            self.nanos[call.ask.tier] += self._cost(call)

    def _pending(self, wanted: Wanted) -> Pending | None:
        request, dossier = wanted.request, wanted.dossier
        key = request.project, request.subject
        asked = gate(request, dossier, last=self._last.get(key), now=wanted.at, registry=self._registry)
        if isinstance(asked, Skip):
            self.skipped[asked.reason] += 1
            return None
        self._last[key] = Last(evidence=request.evidence, at=wanted.at)
        self.wanted[asked.tier] += 1
        each = section(dossier, asked.task, registry=self._registry, redactor=self._redactor)
        known = cache_key(each, rungs(self._registry, asked, {})[0].model)
        if self._answers.get(known, 0) > wanted.at:
            self.known[asked.tier] += 1
            return None
        self._answers[known] = wanted.at + KEPT
        return Pending(ask=asked, dossier=dossier, section=each)

    def _cost(self, call: Call) -> int:
        rung = rungs(self._registry, call.ask, {})[0]
        usage = Usage(input=call.prompt.size() // BYTES_A_TOKEN, output=ANSWER * len(call.subjects))
        return cost(self._prices.of(rung.provider, rung.model), usage, batch=call.ask.batch)


def main() -> int:
    """Print the bill; 1 when it is above the ceiling, or too few calls are saved."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=80_000, help="how many are simulated")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    prices = load_prices(None)
    bill = Bill(load_registry(None, prices), prices)
    for _, together in groupby(month.month(given.requests, given.seed), key=lambda wanted: wanted.at // WAIT):
        bill.add(together)
    missed = list(_told(bill, given.requests))
    for complaint in missed:
        print(f"below the bar: {complaint}")
    return int(bool(missed))


def _told(bill: Bill, requests: int) -> Iterator[str]:
    scale = PLAN / requests
    passed, known, calls = bill.wanted.total(), bill.known.total(), bill.calls.total()
    print(f"{PLAN:,} requests a month ({requests:,} simulated): the gate skips {1 - passed / requests:.1%}")
    for reason, count in bill.skipped.most_common():
        print(f"  {reason:<18} {count / requests:6.1%}")
    print(f"{'tier':<8} {'would-be calls':>15} {'answer known':>13} {'joined':>9} {'calls':>9} {'USD':>9}")
    for tier in ("small", "middle", "large"):
        wanted, made = bill.wanted[tier], bill.calls[tier]
        told = (wanted, bill.known[tier], wanted - bill.known[tier] - made, made)
        counts = [f"{count * scale:,.0f}" for count in told]
        dollars = bill.nanos[tier] / _NANOS * scale
        print(f"{tier:<8} {counts[0]:>15} {counts[1]:>13} {counts[2]:>9} {counts[3]:>9} {dollars:>9,.2f}")
    total, saved = bill.nanos.total() / _NANOS * scale, 1 - calls / passed
    print(f"saved of the would-be calls: {saved:.1%} (known {known / passed:.1%}, joined {saved - known / passed:.1%})")
    print(f"the month's bill: USD {total:,.2f}, of USD {CEILING:,}")
    if total > CEILING:
        yield f"USD {total:,.2f} are more than {CEILING:,}"
    if saved < SAVED:
        yield f"{saved:.1%} of the would-be calls are saved, not {SAVED:.0%}"


if __name__ == "__main__":
    sys.exit(main())
