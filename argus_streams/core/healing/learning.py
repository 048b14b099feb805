"""How one repair stands by what came of it: the ratio that is published, and the lower bound that decisions go by."""

from hashlib import blake2b
from math import sqrt

from msgspec import Struct, structs

from argus_streams.core.events import FailureKind, Origin
from argus_streams.core.repairs import Outcome, RepairSource

TESTS = 20  # of a pattern, that are told
Z = 1.2815515655446004  # 90 % one-sided: from 15 successes of 15 on the bound is above 0.9


class Known(Struct, frozen=True, array_like=True):
    """What is known of one repair; times are ms of Kafka's clock."""

    locator: str
    healed: str
    scope: str
    failure: FailureKind
    source: RepairSource
    created_at: int
    last_used_at: int
    successes: int = 0
    failures: int = 0
    failing: bool = False  # the last time that it was used it did not work
    tests: tuple[str, ...] = ()
    first_release: str | None = None
    last_release: str | None = None
    origin: Origin | None = None


def fingerprint(project: str, scope: str, locator: str, failure: FailureKind, healed: str) -> str:
    """Sixteen hexadecimal digits that stand for one repair of one locator in one scope of one project."""
    parts = (project, scope, locator, failure, healed)
    told = "".join(f"{len(part)}:{part}" for part in parts)
    return blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()


def learned(known: Known | None, outcome: Outcome, source: RepairSource, *, at: int, origin: Origin) -> Known:
    """What is known after one more outcome, of which Kafka's time is ``at``."""
    before = known or Known(
        outcome.locator, outcome.healed, outcome.scope, outcome.failure, source, at, at, first_release=outcome.release
    )
    tests = before.tests
    if outcome.test and outcome.test not in tests and len(tests) < TESTS:
        tests = (*tests, outcome.test)
    return structs.replace(
        before,
        successes=before.successes + outcome.worked,
        failures=before.failures + (not outcome.worked),
        failing=not outcome.worked,
        tests=tests,
        last_release=outcome.release or before.last_release,
        last_used_at=max(before.last_used_at, at),
        origin=origin,
    )


def ratio(known: Known) -> float:
    """Successes of all uses: 1.0 after one lucky one, so that no decision goes by it."""
    return known.successes / max(known.successes + known.failures, 1)


def bound(known: Known) -> float:
    """Wilson's lower bound of the rate of success (E. B. Wilson 1927), one-sided 90 %; 0 where it was never used."""
    n = known.successes + known.failures
    if n == 0:
        return 0.0
    share, z2 = known.successes / n, Z * Z
    spread = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, (share + z2 / (2 * n) - spread) / (1 + z2 / n))
