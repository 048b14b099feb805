"""How much of its budget each project has used today, as metrics: the dearest projects, for there may be many."""

from collections.abc import Callable, Iterable, Iterator
from heapq import nlargest
from typing import NamedTuple

from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from argus_streams.metric import Metric

SHOWN = 200  # projects
_DAY = 86_400_000  # ms
_BILLION = 1_000_000_000

SPENT = Metric(
    "argus_budget_spent_dollars",
    "gauge",
    "US dollars that a project has spent on models today (UTC), or set aside for calls under way. A worker tells the "
    "200 projects that have used most of their budgets. Ask for the maximum over workers: projects move between them.",
    ("project",),
)
LIMIT = Metric("argus_budget_dollars", "gauge", "US dollars that such a project may spend a day.", ("project",))

ALL = (SPENT, LIMIT)


class _Used(NamedTuple):
    day: int  # since 1970
    nanos: int  # billionths of a dollar
    limit: int


class Budgets(Collector):
    """The budgets of the projects that were looked at since the start; yesterday's are forgotten."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock  # ms
        self._used: dict[str, _Used] = {}

    def spent(self, project: str, day: int, nanos: int, limit: int) -> None:
        """As ``ports.AnalysisMeter``."""
        self._used[project] = _Used(day, nanos, limit)

    def describe(self) -> Iterable[Family]:
        """Both, without values."""
        return [GaugeMetricFamily(metric.name, metric.about, labels=metric.labels) for metric in ALL]

    def collect(self) -> Iterator[Family]:
        """Both, of the projects that have used most."""
        today = self._clock() // _DAY
        self._used = {project: used for project, used in list(self._used.items()) if used.day >= today}
        shown = nlargest(SHOWN, self._used.items(), key=lambda each: each[1].nanos / max(1, each[1].limit))
        spent, limit = self.describe()
        for project, used in shown:
            spent.add_sample(SPENT.name, {"project": project}, used.nanos / _BILLION)
            limit.add_sample(LIMIT.name, {"project": project}, used.limit / _BILLION)
        yield from (spent, limit)
