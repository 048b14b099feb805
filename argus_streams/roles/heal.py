"""The role that repairs locators: what is known, and how pages are looked at, around one agent."""

from prometheus_client import CollectorRegistry

from argus_streams.adapters.clock import now
from argus_streams.adapters.healing_metrics import PrometheusHealingMeter
from argus_streams.adapters.healing_terms import load_knowledge_limits, load_page_terms
from argus_streams.adapters.similarity import load_ranker
from argus_streams.agents.heal import HealAgent
from argus_streams.agents.heal_turn import Terms
from argus_streams.agents.tracing import Begin
from argus_streams.agents.wire import Topics
from argus_streams.core.healing.looking import Looker, Similar
from argus_streams.core.healing.page.repair import Repairer
from argus_streams.core.healing.page.scrubbing import Cleaner
from argus_streams.core.scrub import scrubber
from argus_streams.settings import Settings
from argus_streams.streaming.worker import Worker


async def run(
    settings: Settings, topics: Topics, worker: Worker, metrics: CollectorRegistry, since: int, trace: Begin
) -> int:
    """Run until SIGTERM; the process's exit code."""
    terms = Terms(load_knowledge_limits(), looker(settings), since, now)
    return await worker.run_keyed(HealAgent(topics, PrometheusHealingMeter(metrics), terms, trace))


def looker(settings: Settings) -> Looker:
    """How pages are looked at under these settings."""
    cleaner = Cleaner(scrubber(settings.scrub_keys))
    return Looker(Repairer(load_page_terms(), cleaner), Similar(load_ranker()), cleaner)
