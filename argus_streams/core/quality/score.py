"""From numbers to scores: each factor counts by a curve that rises with it and never beyond its weight."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct

from argus_streams.core.events import Severity
from argus_streams.core.findings import Part, Score, ScoreType
from argus_streams.core.messages import Version
from argus_streams.core.quality.standing import CI_DAYS, DAY, DEPLOY_DAYS, HOUR, SPIKE_HOURS, Outcomes, Tally

NEVER = Version(0, 0)


class Factor(Struct, frozen=True, forbid_unknown_fields=True):
    """How much one number matters."""

    weight: float  # points, where it is infinite
    half: float  # the number that costs half of them


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """The factors of both scores; one that is not named does not count."""

    quality: dict[str, Factor]
    risk: dict[str, Factor]


class Facts(NamedTuple):
    """What is scored."""

    tally: Tally
    incidents: Mapping[Severity, int]  # open ones
    now: int  # ms


class _Measure(NamedTuple):
    value: Callable[[Facts], float]
    text: str  # a sentence with the value in it


def _share(days: Mapping[int, Outcomes], since: int) -> float:
    """How many of them went badly, 0 to 1; none = 0."""
    ended = [outcomes for day, outcomes in days.items() if day > since]
    badly = sum(bad for _, bad in ended)
    total = badly + sum(well for well, _ in ended)
    return badly / total if total else 0.0


def _recent(hours: Mapping[int, int], now: int) -> float:
    return float(sum(count for hour, count in hours.items() if hour > now // HOUR - SPIKE_HOURS))


def _groups(name: str) -> Callable[[Facts], float]:
    return lambda facts: float(facts.tally.groups.get(name, 0))


def _regressed(facts: Facts) -> float:
    return float(sum(count for name, count in facts.tally.groups.items() if name.endswith(":regressed")))


def _alerts(facts: Facts) -> float:
    return float(facts.tally.groups.get("alert", 0) + facts.tally.groups.get("alert:regressed", 0))


MEASURES: Mapping[str, _Measure] = {
    "fatal_groups": _Measure(_groups("fatal"), "open groups that are fatal: {:,.0f}"),
    "error_groups": _Measure(_groups("error"), "open groups of errors: {:,.0f}"),
    "warning_groups": _Measure(_groups("warning"), "open groups of warnings: {:,.0f}"),
    "regressed_groups": _Measure(_regressed, "groups that came back after they had been resolved: {:,.0f}"),
    "users": _Measure(lambda facts: float(facts.tally.users), "users that open groups touched: about {:,.0f}"),
    "firing_alerts": _Measure(_alerts, "alerts that are firing: {:,.0f}"),
    "failed_deploys": _Measure(
        lambda facts: _share(facts.tally.deploys, facts.now // DAY - DEPLOY_DAYS),
        f"{{:.0%}} of the last {DEPLOY_DAYS} days' deploys failed",
    ),
    "red_ci": _Measure(
        lambda facts: _share(facts.tally.runs, facts.now // DAY - CI_DAYS),
        f"{{:.0%}} of the last {CI_DAYS} days' CI runs failed",
    ),
    "failing_tests": _Measure(
        lambda facts: float(sum(count for _, count in facts.tally.failing.values())),
        "tests that failed in the last reports: {:,.0f}",
    ),
    "severe_incidents": _Measure(
        lambda facts: float(facts.incidents.get("fatal", 0)), "open incidents that are fatal: {:,.0f}"
    ),
    "incidents": _Measure(
        lambda facts: float(sum(count for severity, count in facts.incidents.items() if severity != "fatal")),
        "open incidents that are not: {:,.0f}",
    ),
    "spikes": _Measure(
        lambda facts: _recent(facts.tally.spikes, facts.now), f"bursts in the last {SPIKE_HOURS} hours: {{:,.0f}}"
    ),
    "new_groups": _Measure(
        lambda facts: _recent(facts.tally.arrivals, facts.now),
        f"groups that began or came back in the last {SPIKE_HOURS} hours: {{:,.0f}}",
    ),
}  # fmt: skip


def scores(project: str, facts: Facts, weights: Weights) -> tuple[Score, Score]:
    """Quality and risk, their versions still to be set.

    With w the weight and h the half of a factor of value x, its points are w * x / (x + h): monotone in x, half of w
    at h, below w for every x.
    """
    quality, risk = _parts(facts, weights.quality), _parts(facts, weights.risk)
    return (
        _score(project, "quality", 100.0 - sum(part.points for part in quality), facts.now, quality),
        _score(project, "risk", sum(part.points for part in risk), facts.now, risk),
    )


def _parts(facts: Facts, factors: Mapping[str, Factor]) -> tuple[Part, ...]:
    """What counts, the dearest first."""
    parts = (_part(name, MEASURES[name], factor, facts) for name, factor in factors.items())
    return tuple(sorted(parts, key=lambda part: (-part.points, part.factor)))


def _part(name: str, measure: _Measure, factor: Factor, facts: Facts) -> Part:
    value = measure.value(facts)
    points = factor.weight * value / (value + factor.half)
    return Part(
        factor=name,
        value=round(value, 4),
        weight=factor.weight,
        points=round(points, 2),
        text=measure.text.format(value),
    )


def _score(project: str, score_type: ScoreType, value: float, now: int, parts: Iterable[Part]) -> Score:
    return Score(
        project=project,
        score_type=score_type,
        version=NEVER,
        at=now,
        value=round(max(0.0, value), 1),
        parts=tuple(parts),
    )
