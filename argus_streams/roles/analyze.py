"""The role that explains: models, known answers and evidence, around one agent."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from prometheus_client import CollectorRegistry

from argus_streams.adapters import generations
from argus_streams.adapters.analysis_metrics import PrometheusAnalysisMeter
from argus_streams.adapters.budgets import load_budgets
from argus_streams.adapters.clock import now
from argus_streams.adapters.database import open_database
from argus_streams.adapters.findings import PostgresEvidence
from argus_streams.adapters.memory_models import MemoryAnswers
from argus_streams.adapters.metered import MeteredAnswers, MeteredModel
from argus_streams.adapters.model_metrics import PrometheusModelMeter
from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.adapters.providers import open_models
from argus_streams.adapters.redis import open_answers
from argus_streams.agents.analyze.agent import AnalyzeAgent
from argus_streams.agents.analyze.calls import Calls
from argus_streams.agents.analyze.terms import Outside, Terms
from argus_streams.agents.model_fitness import ModelFitness
from argus_streams.agents.tracing import Begin
from argus_streams.agents.wire import Topics
from argus_streams.core.analysis.private import Redactor
from argus_streams.core.scrub import scrubber
from argus_streams.errors import ArgusError, Unavailable
from argus_streams.ports import Answers
from argus_streams.settings import Settings
from argus_streams.streaming.worker import Worker

log = logging.getLogger(__name__)

LIVE_SECONDS = 30.0  # between two looks which generation is live


async def run(settings: Settings, topics: Topics, worker: Worker, metrics: CollectorRegistry, trace: Begin) -> int:
    """Run until SIGTERM; the process's exit code."""
    prices = load_prices(settings.prices_file)
    registry = load_registry(settings.models_file, prices)
    budgets = load_budgets(settings.budgets_file)
    meter = PrometheusModelMeter(metrics)
    async with AsyncExitStack() as opened:
        found = await opened.enter_async_context(open_models(settings))
        models = {name: MeteredModel(model, meter, prices) for name, model in found.items()}
        answers = MeteredAnswers(await opened.enter_async_context(_answers(settings, meter)), meter)
        database = await opened.enter_async_context(open_database(settings.database(), settings.making().schema))
        with suppress(Unavailable):  # one that is down is waited for
            await database.probe()
        fitness = ModelFitness(registry, models, meter, clock=now)
        askable = Askable(models)
        terms = Terms(
            topics=topics, registry=registry, prices=prices, budgets=budgets,
            redactor=Redactor(scrubber(settings.scrub_keys)), providers=askable,
            batching=[name for name, model in models.items() if model.takes_batches],
            delay=settings.analysis_delay * 1000, merge=settings.merge,
        )  # fmt: skip
        calls = Calls(models, fitness, settings.analysis_calls, clock=now)
        outside = Outside(PostgresEvidence(database), answers, fitness, PrometheusAnalysisMeter(metrics, now))
        agent = AnalyzeAgent(terms, calls, outside, clock=now, trace=trace)
        looking = [asyncio.create_task(fitness.watch()), asyncio.create_task(_follow(settings, askable))]
        try:
            return await worker.run_keyed(agent, database.probe)
        finally:
            for task in looking:
                task.cancel()
            calls.stop()


class Askable(Collection[str]):
    """The providers that may be asked; none beside the live generation, whose bill would be doubled."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self.live = False

    def __contains__(self, name: object) -> bool:
        return self.live and name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names if self.live else ())

    def __len__(self) -> int:
        return len(self._names) if self.live else 0


async def _follow(settings: Settings, askable: Askable) -> None:
    """Look again and again whether this generation is the one that people are shown."""
    while True:
        try:
            shown = settings.db_schema or (await generations.live(settings.database())).schema
            askable.live = shown == settings.making().schema
        except ArgusError as error:
            log.warning("which generation is live can not be told: %s", error)
        await asyncio.sleep(LIVE_SECONDS)


@asynccontextmanager
async def _answers(settings: Settings, meter: PrometheusModelMeter) -> AsyncIterator[Answers]:
    """Those in Redis where one is named, else this worker's own."""
    if settings.redis_url is None:
        yield MemoryAnswers()
        return
    async with open_answers(settings.redis_url.get_secret_value(), meter.answers_away) as answers:
        yield answers
