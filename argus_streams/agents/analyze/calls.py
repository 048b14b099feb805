"""Calls to models under way: begun and awaited beside the turns, so that a slow model holds nobody."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import NamedTuple

from argus_streams.agents.analyze.terms import Fitness
from argus_streams.core.analysis.asking import Question, Reply
from argus_streams.ports import Model, NoReply

log = logging.getLogger(__name__)

COLLECT_SECONDS = 60.0  # between two looks for a batch's answers


class Key(NamedTuple):
    """Which reservation a call belongs to: that of an earlier owner or tenure is another one."""

    project: str
    number: int
    epoch: int


class Submitted(NamedTuple):
    """The provider has taken a batch."""

    batch: str


class Collected(NamedTuple):
    """What a batch brought, by the question's name."""

    replies: Mapping[str, Reply | NoReply]


Outcome = Reply | NoReply | Submitted | Collected


class Calls:
    """One a process. What ends is kept until the turn that settles it is confirmed."""

    def __init__(
        self,
        models: Mapping[str, Model],
        fitness: Fitness,
        slots: int,
        *,
        clock: Callable[[], int],
        collect: float = COLLECT_SECONDS,
    ) -> None:
        self._models = models
        self._fitness = fitness
        self._slots = slots
        self._clock = clock  # ms
        self._collect = collect
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._waiting: set[Key] = set()  # for batches: they take no slot
        self._outcomes: dict[Key, Outcome] = {}

    def free(self) -> int:
        """How many more calls may be under way."""
        return max(0, self._slots - len(self._tasks) + len(self._waiting))

    def knows(self, key: Key) -> bool:
        """Whether the call was begun by this process, in this tenure."""
        return key in self._tasks or key in self._outcomes

    def outcome(self, key: Key) -> Outcome | None:
        """How the call ended; ``None`` while it is under way."""
        return self._outcomes.get(key)

    def keep(self, keys: Collection[Key]) -> None:
        """Forget the outcomes of all other calls: they are settled, or another's business."""
        for key in [key for key in self._outcomes if key not in keys]:
            del self._outcomes[key]

    def begin(self, key: Key, provider: str, questions: Mapping[str, Question], *, batch: bool) -> bool:
        """Ask one question, or hand a batch in; not if the provider is left alone for now."""
        if not self._fitness.begin(provider, self._clock(), key):
            return False
        model = self._models[provider]

        async def asked() -> Outcome:
            (question,) = questions.values()
            return await model.ask(question)

        async def submitted() -> Outcome:
            return Submitted(await model.submit(questions))

        self._begin(key, partial(self._noted, key, provider, submitted if batch else asked))
        return True

    async def _noted(self, key: Key, provider: str, call: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """What the call brings; how it ended says whether the provider is asked again."""
        try:
            outcome = await call()
        except NoReply as error:
            self._fitness.ended(provider, error, self._clock(), key)
            raise
        except BaseException:
            self._fitness.give_up(provider, self._clock(), key)
            raise
        self._fitness.ended(provider, outcome, self._clock(), key)
        return outcome

    def collect(self, key: Key, provider: str, batch: str, questions: Mapping[str, Question]) -> None:
        """Wait for what a batch brings, which may take a day."""

        async def collected() -> Outcome:
            while True:
                try:
                    replies = await self._models[provider].collect(batch, questions)
                except NoReply as error:
                    if not error.passing:
                        raise
                    replies = None
                if replies is not None:
                    return Collected(replies)
                await asyncio.sleep(self._collect)

        self._waiting.add(key)
        self._begin(key, collected)

    def stop(self) -> None:
        """Await nothing more."""
        for task in self._tasks.values():
            task.cancel()

    def _begin(self, key: Key, call: Callable[[], Awaitable[Outcome]]) -> None:
        self._outcomes.pop(key, None)
        self._tasks[key] = asyncio.create_task(self._run(key, call))

    async def _run(self, key: Key, call: Callable[[], Awaitable[Outcome]]) -> None:
        try:
            self._outcomes[key] = await call()
        except NoReply as error:
            self._outcomes[key] = error
        except Exception as error:  # whatever it is, the reservation must be settled, as dear as it can be
            log.exception("a call to a model failed")
            self._outcomes[key] = NoReply("connection", repr(error)[:200])
        finally:
            del self._tasks[key]
            self._waiting.discard(key)
