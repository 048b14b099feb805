"""The ports around models in memory: the same promises as Redis and Prometheus."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping

from argus_streams.core.analysis.asking import Ending, Trouble, Usage
from argus_streams.core.analysis.breaker import Phase
from argus_streams.core.analysis.registry import UnfitReason
from argus_streams.ports import ANSWER_SECONDS


class MemoryAnswers:
    """``ports.Answers`` that end with the process; the oldest go where there are too many."""

    def __init__(self, limit: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock  # seconds
        self._answers: dict[str, tuple[float, bytes]] = {}  # hash → when it ends, answer; in order of their coming

    async def get(self, hashes: Collection[str]) -> Mapping[str, bytes]:
        now = self._clock()
        known = {each: self._answers[each] for each in hashes if each in self._answers}
        return {each: answer for each, (ends, answer) in known.items() if now < ends}

    async def put(self, answers: Mapping[str, bytes]) -> None:
        ends = self._clock() + ANSWER_SECONDS
        for each, answer in answers.items():
            self._answers.pop(each, None)
            self._answers[each] = (ends, answer)
        for each in list(self._answers)[: max(0, len(self._answers) - self._limit)]:
            del self._answers[each]


class MemoryModelMeter:
    """``ports.ModelMeter`` as plain numbers, by provider and model."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str, Ending | Trouble]] = Counter()
        self.times: dict[tuple[str, str], list[float]] = {}  # seconds of each call
        self.tokens: Counter[tuple[str, str, str]] = Counter()  # the last is the kind: a field of ``Usage``
        self.cost: Counter[tuple[str, str]] = Counter()  # billionths of a dollar
        self.answers: Counter[str] = Counter()  # known, unknown, away
        self.phases: dict[str, Phase] = {}
        self.lists: dict[str, int] = {}  # ms of the last one
        self.unlisted: Counter[str] = Counter()  # lists that did not come
        self.unfit: dict[tuple[str, str], UnfitReason | None] = {}

    def called(self, provider: str, model: str, ended: Ending | Trouble) -> None:
        self.calls[provider, model, ended] += 1

    def took(self, provider: str, model: str, seconds: float) -> None:
        self.times.setdefault((provider, model), []).append(seconds)

    def billed(self, provider: str, model: str, usage: Usage, cost: int) -> None:
        for kind in Usage.__struct_fields__:
            self.tokens[provider, model, kind] += getattr(usage, kind)
        self.cost[provider, model] += cost

    def looked_up(self, *, known: int, unknown: int) -> None:
        self.answers.update(known=known, unknown=unknown)

    def answers_away(self) -> None:
        self.answers.update(away=1)

    def phase(self, provider: str, phase: Phase) -> None:
        self.phases[provider] = phase

    def listed(self, provider: str, at: int | None) -> None:
        if at is None:
            self.unlisted[provider] += 1
        else:
            self.lists[provider] = at

    def judged(self, provider: str, model: str, unfit: UnfitReason | None) -> None:
        self.unfit[provider, model] = unfit
