"""The providers of models as this process knows them: whom it leaves alone, and which models are not fit."""

from collections.abc import Callable, Collection, Mapping

from argus_streams.core.analysis import breaker
from argus_streams.core.analysis.breaker import Admitted, Breaker, Policy
from argus_streams.core.analysis.registry import Place, Unfit
from argus_streams.ports import Model, NoReply


class Providers:
    """One a process."""

    def __init__(self, models: Mapping[str, Model], *, clock: Callable[[], int], policy: Policy | None = None) -> None:
        self.models = models
        self.complaints: Mapping[Place, Unfit] = {}  # what the last look at their offers found
        self._clock = clock  # ms
        self._policy = policy or Policy()
        self._breakers = dict.fromkeys(models, Breaker())

    def unfit(self) -> Mapping[Place, Unfit]:
        """The models that are not to be asked, or only if nobody else can be."""
        return self.complaints

    def resting(self, now: int) -> Collection[str]:
        """The providers that are left alone (``now`` in ms)."""
        return {
            name
            for name, known in self._breakers.items()
            if not isinstance(breaker.admit(known, now, self._policy), Admitted)
        }

    def admit(self, provider: str) -> int | None:
        """The ticket of a call that may be made; ``None`` = it may not."""
        decision = breaker.admit(self._breakers[provider], self._clock(), self._policy)
        if not isinstance(decision, Admitted):
            return None
        self._breakers[provider] = decision.breaker
        return decision.ticket

    def answered(self, provider: str, ticket: int) -> None:
        """The call brought something."""
        self._breakers[provider] = breaker.answered(self._breakers[provider], ticket, self._clock(), self._policy)

    def failed(self, provider: str, ticket: int, error: NoReply) -> None:
        """The call was in vain."""
        self._breakers[provider] = breaker.failed(
            self._breakers[provider], ticket, error.trouble, self._clock(), self._policy, retry_after=error.retry_after
        )
