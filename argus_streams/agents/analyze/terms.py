"""Under which terms ANALYZE works, and what a call that it has reserved will ask."""

from collections.abc import Collection, Hashable, Mapping
from typing import NamedTuple, Protocol

from argus_streams.agents.analyze.acts import MergeMode
from argus_streams.agents.wire import Topics
from argus_streams.core.analysis.account import Limits
from argus_streams.core.analysis.joining import Call
from argus_streams.core.analysis.prices import Prices
from argus_streams.core.analysis.private import Redactor
from argus_streams.core.analysis.registry import Place, Registry, Rung, Unfit
from argus_streams.core.findings import AnalysisRequest
from argus_streams.ports import AnalysisMeter, Answers, Evidence


class Budgets(Protocol):
    """What each project may spend."""

    def of(self, project: str) -> Limits:
        """A project's limits."""
        ...


class Fitness(Protocol):
    """Which models are not to be asked now."""

    def unfit(self) -> Mapping[Place, Unfit]:
        """By their providers' word."""
        ...

    def resting(self, now: int) -> Collection[str]:
        """Providers that failed too often of late (``now`` in ms)."""
        ...

    def begin(self, provider: str, now: int, call: Hashable) -> bool:
        """Whether this call may be made now; one that may is to be ended, or given up."""
        ...

    def ended(self, provider: str, outcome: object, now: int, call: Hashable) -> None:
        """How a call ended: in vain (``NoReply``), or in any other way."""
        ...

    def give_up(self, provider: str, now: int, call: Hashable) -> None:
        """A call that had begun was not made, or nobody will hear how it ended."""
        ...


class Outside(NamedTuple):
    """Whom ANALYZE turns to."""

    evidence: Evidence
    answers: Answers
    fitness: Fitness
    meter: AnalysisMeter


class Terms(NamedTuple):
    """What an operator decides."""

    topics: Topics
    registry: Registry
    prices: Prices
    budgets: Budgets
    redactor: Redactor  # what leaves no event
    providers: Collection[str]  # there is a client of
    batching: Collection[str]  # those of them that take batches
    delay: int  # ms, until what is to be explained is
    merge: MergeMode = "shadow"


class Draft(NamedTuple):
    """What a reserved call will ask; several questions are a batch."""

    rung: Rung
    calls: tuple[Call, ...]
    batch: bool  # then each of the calls is about one subject
    requests: Mapping[str, AnalysisRequest]  # by subject, at least of all that are asked about
