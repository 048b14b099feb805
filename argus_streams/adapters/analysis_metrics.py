"""What is made of models' answers, as metrics: by model and version of the prompt, so that a change shows."""

from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry

from argus_streams.adapters import budget_metrics
from argus_streams.adapters.budget_metrics import Budgets
from argus_streams.core.findings import Analysis
from argus_streams.metric import Metric

_PROMPT = ("model", "prompt")

TOLD = Metric(
    "argus_analyses",
    "counter",
    "Analyses that were told, by who answers (model or rules) and the code of the decision (docs/analysis.md).",
    ("by", "reason"),
)
AGREED = Metric(
    "argus_analysis_agreement",
    "counter",
    "Answers of models by whether the rules name the same cause: yes, no, unknown (one of them names none). A share of "
    "yes that falls after a model or a prompt has changed is drift.",
    (*_PROMPT, "agrees"),
)
DOUBTED = Metric(
    "argus_analysis_doubts",
    "counter",
    "Answers of models that are marked down: unsure, or naming what is not in the evidence.",
    _PROMPT,
)
VERDICTS = Metric(
    "argus_analysis_verdicts",
    "counter",
    "What people think of models' answers: accepted or rejected.",
    (*_PROMPT, "verdict"),
)

ALL = (TOLD, AGREED, DOUBTED, VERDICTS, *budget_metrics.ALL)
_COUNTERS = (TOLD, AGREED, DOUBTED, VERDICTS)
_AGREES = {True: "yes", False: "no", None: "unknown"}


class PrometheusAnalysisMeter:
    """``ports.AnalysisMeter`` as metrics of this registry."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], int]) -> None:
        self._made: dict[str, Any] = {metric.name: metric.made(registry) for metric in _COUNTERS}
        self._budgets = Budgets(clock)
        registry.register(self._budgets)

    def spent(self, project: str, day: int, nanos: int, limit: int) -> None:
        self._budgets.spent(project, day, nanos, limit)

    def told(self, analysis: Analysis) -> None:
        prompt = (analysis.model or "", analysis.prompt or "")
        if analysis.verdict is not None:
            self._made[VERDICTS.name].labels(*prompt, analysis.verdict).inc()
            return
        self._made[TOLD.name].labels(analysis.by, analysis.reason).inc()
        if analysis.by == "model" and analysis.reason == "answered":
            self._made[AGREED.name].labels(*prompt, _AGREES[analysis.agrees]).inc()
            if analysis.doubt:
                self._made[DOUBTED.name].labels(*prompt).inc()
