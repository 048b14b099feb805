"""Calls to models under way: begun and awaited beside the turns, so that a slow model holds nobody."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import NamedTuple

from argus_streams.agents.analyze.providers import Providers
from argus_streams.core.analysis.asking import Question, Reply
from argus_streams.ports import NoReply

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
        self, providers: Providers, slots: int, *, ended: Callable[[], None], collect: float = COLLECT_SECONDS
    ) -> None:
        self._providers = providers
        self._slots = slots
        self._ended = ended  # wakes who settles
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
        ticket = self._providers.admit(provider)
        if ticket is None:
            return False
        model = self._providers.models[provider]

        async def called() -> Outcome:
            try:
                if batch:
                    outcome: Outcome = Submitted(await model.submit(questions))
                else:
                    (question,) = questions.values()
                    outcome = await model.ask(question)
            except NoReply as error:
                self._providers.failed(provider, ticket, error)
                raise
            self._providers.answered(provider, ticket)
            return outcome

        self._begin(key, called)
        return True

    def collect(self, key: Key, provider: str, batch: str, questions: Mapping[str, Question]) -> None:
        """Wait for what a batch brings, which may take a day."""

        async def collected() -> Outcome:
            while True:
                try:
                    replies = await self._providers.models[provider].collect(batch, questions)
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
            self._ended()
