"""Whom ANALYZE may ask: which models are offered as the registry needs them, and which providers answer."""

import asyncio
import logging
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

from argus_streams.core.analysis import breaker as breakers
from argus_streams.core.analysis import registry as registries
from argus_streams.core.analysis.asking import Offered
from argus_streams.core.analysis.breaker import Admitted, Breaker, Phase, Policy
from argus_streams.core.analysis.prices import Provider
from argus_streams.core.analysis.registry import Place, Registry, Unfit
from argus_streams.ports import Model, ModelMeter, NoReply

log = logging.getLogger(__name__)

LOOK_SECONDS = 3600.0
_TOLD: Mapping[Phase, str] = {
    "closed": "asked again",
    "trying": "tried with one question",
    "open": "left alone for a while: it fails too often",
}


class ModelFitness:
    """What is known of the models and of their providers; times are ms.

    Nothing that goes wrong here stops anybody: a provider that does not tell its models is believed, and one that has
    told them before keeps to it.
    """

    def __init__(
        self,
        registry: Registry,
        models: Mapping[str, Model],
        meter: ModelMeter,
        *,
        clock: Callable[[], int],
        policy: Policy | None = None,
    ) -> None:
        self._registry = registry
        self._models = models
        self._meter = meter
        self._clock = clock
        self._policy = policy or Policy()
        self._offered: dict[Provider, Sequence[Offered]] = {}
        self._unfit: Mapping[Place, Unfit] = {}
        self._breakers = dict.fromkeys(models, Breaker())
        self._tickets: dict[Hashable, int] = {}
        for provider in models:
            meter.phase(provider, "closed")

    def unfit(self) -> Mapping[Place, Unfit]:
        """The models that are not to be asked, or only if nobody else can be."""
        return self._unfit

    def resting(self, now: int) -> Collection[str]:
        """The providers that are left alone."""
        every = self._breakers.items()
        return {name for name, each in every if not isinstance(breakers.admit(each, now, self._policy), Admitted)}

    def begin(self, provider: str, now: int, call: Hashable) -> bool:
        """Whether this call may be made now; one that may is to be ended, or given up."""
        admitted = breakers.admit(self._breakers[provider], now, self._policy)
        if not isinstance(admitted, Admitted):
            return False
        self._keep(provider, admitted.breaker)
        self._tickets[call] = admitted.ticket
        return True

    def ended(self, provider: str, outcome: object, now: int, call: Hashable) -> None:
        """Take note of how a call that had begun ended: in vain (``NoReply``), or in any other way."""
        breaker, ticket = self._breakers[provider], self._tickets.pop(call)
        if isinstance(outcome, NoReply):
            after = breakers.failed(
                breaker, ticket, outcome.trouble, now, self._policy, retry_after=outcome.retry_after
            )
        else:
            after = breakers.answered(breaker, ticket, now, self._policy)
        self._keep(provider, after)

    def give_up(self, provider: str, now: int, call: Hashable) -> None:
        """A call that had begun was not made, or nobody will hear how it ended."""
        ticket = self._tickets.pop(call, None)
        if ticket is not None:
            self._keep(provider, breakers.given_up(self._breakers[provider], ticket, now))

    async def watch(self, seconds: float = LOOK_SECONDS) -> None:
        """Look now, and each hour; never ends."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("models could not be judged")
            await asyncio.sleep(seconds)

    async def look(self) -> None:
        """Ask all providers for their models, and judge those of the registry."""
        await asyncio.gather(*(self._list(model) for model in self._models.values()))
        before = self._unfit
        self._unfit = registries.unfit(self._registry, self._offered, now=self._clock())
        places = {place for tier in self._registry.tiers.values() for place in tier.ladder}
        for place in places:
            if place.provider in self._models:
                self._tell(place, before.get(place), self._unfit.get(place))

    async def _list(self, model: Model) -> None:
        try:
            offered = await model.offers()
        except Exception as error:  # noqa: BLE001 - whatever it is, what was known before is good enough
            log.warning("%s does not tell its models: %s", model.name, error)
            self._meter.listed(model.name, None)
            return
        if offered is not None:
            self._offered[model.name] = offered
            self._meter.listed(model.name, self._clock())

    def _tell(self, place: Place, before: Unfit | None, now: Unfit | None) -> None:
        self._meter.judged(place.provider, place.model, None if now is None else now.reason)
        if now is not None and before != now:
            log.warning("the model %s of %s is not fit: %s", place.model, place.provider, now.text)
        elif now is None and before is not None:
            log.info("the model %s of %s is fit again", place.model, place.provider)

    def _keep(self, provider: str, breaker: Breaker) -> None:
        if breaker.phase != self._breakers[provider].phase:
            self._meter.phase(provider, breaker.phase)
            log.warning("%s is %s", provider, _TOLD[breaker.phase])
        self._breakers[provider] = breaker
