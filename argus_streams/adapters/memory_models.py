"""The ports around models in memory: the same promises as Redis and Prometheus."""

import time
from collections.abc import Callable, Collection, Mapping

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
