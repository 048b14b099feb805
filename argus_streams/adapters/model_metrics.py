"""What a worker measures of the models that it asks."""

from typing import Any, get_args

from prometheus_client import CollectorRegistry

from argus_streams.core.analysis.asking import Ending, Trouble, Usage
from argus_streams.core.analysis.breaker import Phase
from argus_streams.core.analysis.registry import UnfitReason
from argus_streams.metric import Metric

_MODEL = ("provider", "model")
_BILLION = 1_000_000_000

CALLS = Metric(
    "argus_model_calls",
    "counter",
    "Questions that a model was asked, by how that ended: whole; truncated, refused or invalid (billed, of no use); "
    "rate_limited, overloaded, server_error, connection, timed_out, refused_request, unauthorized, unknown_model.",
    (*_MODEL, "ending"),
)
SECONDS = Metric("argus_model_call_seconds", "histogram", "Time of a call, however it ended; batches are none.", _MODEL)
TOKENS = Metric(
    "argus_model_tokens",
    "counter",
    "Tokens that were billed: input, cache_write_5m, cache_write_1h, cache_read (each input once), output.",
    (*_MODEL, "kind"),
)
COST = Metric(
    "argus_model_cost_dollars",
    "counter",
    "US dollars that these tokens cost by the price file; what a call cost that timed out nobody tells.",
    _MODEL,
)
ANSWERS = Metric(
    "argus_model_answers",
    "counter",
    "Questions for which an answer of before was looked for: known (no model is asked), unknown.",
    ("outcome",),
)
AWAY = Metric("argus_model_answers_away", "counter", "Requests that Redis did not answer; each worker goes on without.")
BREAKER = Metric(
    "argus_model_breaker",
    "gauge",
    "Whether a provider is asked: 0 it is, 1 one question tries whether it is back, 2 it is left alone for a while.",
    ("provider",),
)
LISTED = Metric(
    "argus_model_list_timestamp_seconds", "gauge", "When a provider last told which models it has.", ("provider",)
)
UNLISTED = Metric("argus_model_list_failures", "counter", "Times that it did not tell.", ("provider",))
FIT = Metric("argus_model_fit", "gauge", "1 while a model of the registry is fit to be asked.", _MODEL)
UNFIT = Metric(
    "argus_model_unfit",
    "gauge",
    "1 for the reason why it is not: gone, retiring (soon: it is asked after all others), input_too_small, "
    "answer_too_small, unstructured.",
    (*_MODEL, "reason"),
)

ALL = (CALLS, SECONDS, TOKENS, COST, ANSWERS, AWAY, BREAKER, LISTED, UNLISTED, FIT, UNFIT)
_PHASES: dict[Phase, int] = {"closed": 0, "trying": 1, "open": 2}


class PrometheusModelMeter:
    """``ports.ModelMeter`` as metrics of this registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._made: dict[str, Any] = {metric.name: metric.made(registry) for metric in ALL}

    def called(self, provider: str, model: str, ended: Ending | Trouble) -> None:
        self._made[CALLS.name].labels(provider, model, ended).inc()

    def took(self, provider: str, model: str, seconds: float) -> None:
        self._made[SECONDS.name].labels(provider, model).observe(seconds)

    def billed(self, provider: str, model: str, usage: Usage, cost: int) -> None:
        for kind in Usage.__struct_fields__:
            self._made[TOKENS.name].labels(provider, model, kind).inc(getattr(usage, kind))
        self._made[COST.name].labels(provider, model).inc(cost / _BILLION)

    def looked_up(self, *, known: int, unknown: int) -> None:
        self._made[ANSWERS.name].labels("known").inc(known)
        self._made[ANSWERS.name].labels("unknown").inc(unknown)

    def answers_away(self) -> None:
        self._made[AWAY.name].inc()

    def phase(self, provider: str, phase: Phase) -> None:
        self._made[BREAKER.name].labels(provider).set(_PHASES[phase])

    def listed(self, provider: str, at: int | None) -> None:
        if at is None:
            self._made[UNLISTED.name].labels(provider).inc()
        else:
            self._made[LISTED.name].labels(provider).set(at / 1000)

    def judged(self, provider: str, model: str, unfit: UnfitReason | None) -> None:
        self._made[FIT.name].labels(provider, model).set(unfit is None)
        for reason in get_args(UnfitReason):
            self._made[UNFIT.name].labels(provider, model, reason).set(reason == unfit)
