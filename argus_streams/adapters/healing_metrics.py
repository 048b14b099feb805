"""What becomes of broken locators, as metrics."""

from typing import Any

from prometheus_client import CollectorRegistry

from argus_streams.core.repairs import HealingDecision
from argus_streams.metric import Metric

DECIDED = Metric(
    "argus_healing_decisions",
    "counter",
    "Broken locators that were decided on, by verdict (apply, validate, ask, refuse), whence the repair is taken, and "
    "the code of the decision (docs/healing.md).",
    ("verdict", "source", "reason"),
)
PASSED = Metric(
    "argus_healing_passed",
    "counter",
    "Failures that are no business of healing, such as an assertion, by reason.",
    ("reason",),
)
HEARD = Metric(
    "argus_healing_heard",
    "counter",
    "What was told of repairs: worked, failed, pin, veto, release, or again (it changes nothing).",
    ("kind",),
)

ALL = (DECIDED, PASSED, HEARD)


class PrometheusHealingMeter:
    """``ports.repairs.HealingMeter`` as metrics of this registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._made: dict[str, Any] = {metric.name: metric.made(registry) for metric in ALL}

    def decided(self, decision: HealingDecision) -> None:
        self._made[DECIDED.name].labels(decision.verdict, decision.source or "", decision.reason).inc()

    def passed(self, reason: str) -> None:
        self._made[PASSED.name].labels(reason).inc()

    def heard(self, kind: str) -> None:
        self._made[HEARD.name].labels(kind).inc()
