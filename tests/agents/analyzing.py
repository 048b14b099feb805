"""ANALYZE over a table in memory, with models that answer as a test tells them to."""

import asyncio
from functools import wraps

import analysed
import msgspec
from builders import NOW
from records import TOPICS, Answer, Memory, Record, piece

from argus_streams.adapters.budgets import Budgets
from argus_streams.adapters.memory_models import MemoryAnswers, MemoryModelMeter
from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.agents.analyze.agent import AnalyzeAgent
from argus_streams.agents.analyze.calls import Calls
from argus_streams.agents.analyze.terms import Outside, Terms
from argus_streams.agents.model_fitness import ModelFitness
from argus_streams.agents.tracing import untraced
from argus_streams.core.analysis import account as accounts
from argus_streams.core.analysis.account import Limits
from argus_streams.core.analysis.asking import Reply, Usage
from argus_streams.core.analysis.dossier import Material
from argus_streams.core.analysis.private import Redactor
from argus_streams.core.analysis.shapes import Finding, Findings
from argus_streams.core.findings import Analysis, AnalysisRequest
from argus_streams.core.repairs import HealingDecision
from argus_streams.core.scrub import scrubber
from argus_streams.ports import NoReply
from argus_streams.streaming.agent import State

PRICES = load_prices(None)
REGISTRY = load_registry(None, PRICES)
USAGE = Usage(input=1_000, output=100)
PLENTY = Limits(10**12, 1_000)


def scenario(test):
    """A test whose turns and calls share an event loop."""

    @wraps(test)
    def run(*arguments, **fields):
        asyncio.run(test(*arguments, **fields))

    return run


def request(subject="v1:aa", **fields):
    defaults = {"project": "shop", "subject": subject, "kind": "group", "at": NOW, "evidence": "e1"}
    return AnalysisRequest(**(defaults | fields))


def asked(*messages, topic=TOPICS.requests):
    """Requests or feedback as records of one slice."""
    records = [
        Record(topic=topic, offset=offset, key=each.project.encode(), value=msgspec.json.encode(each), headers=())
        for offset, each in enumerate(messages)
    ]
    return piece(*records, topic=topic, topic_id="requests-id")


def whole(question, **fields):
    """An answer about every subject of a question."""
    names = [line.removeprefix("BEGIN ") for line in question.user.splitlines() if line.startswith("BEGIN ")]
    defaults = {
        "title": "Charge fails", "summary": "A negative amount is charged. Nobody checks it.", "kind": "code",
        "file": None, "commit": None, "service": "checkout", "release": None, "confidence": "high",
    }  # fmt: skip
    found = [Finding(subject=name, **(defaults | fields)) for name in names]
    return Reply(ending="whole", usage=USAGE, answer=Findings(answers=found))


class Scripted:
    """A provider that answers as it is told, one script a call; then wholly."""

    def __init__(self, name, *scripts):
        self.name = name
        self.scripts = list(scripts)
        self.asked = []
        self.batches = {}
        self.ready = True

    async def ask(self, question):
        self.asked.append(question)
        script = self.scripts.pop(0) if self.scripts else whole
        if isinstance(script, asyncio.Event):
            await script.wait()
            script = whole
        if isinstance(script, NoReply):
            raise script
        return script(question) if callable(script) else script

    async def submit(self, questions):
        self.batches[f"batch-{len(self.batches)}"] = questions
        return f"batch-{len(self.batches) - 1}"

    async def collect(self, batch, shapes):
        return {name: whole(self.batches[batch][name]) for name in shapes} if self.ready else None


class Stored:
    """``ports.Evidence`` that knows one open group of each fingerprint."""

    def __init__(self, **fields):
        self.fields = fields
        self.error = None
        self.incidents = {}

    async def incident(self, _project, identity):
        return self.incidents.get(identity)

    async def gather(self, _project, fingerprints):
        if self.error:
            raise self.error
        named = (({"title": f"ValueError: {fp[3:]} fails"} | self.fields, fp) for fp in fingerprints)
        return Material(groups=tuple(analysed.group(fp, **fields) for fields, fp in named))


class Owned(Memory):
    """A table whose owner may change."""

    owner = 5

    def epoch(self, _partition):
        return self.owner

    def partitions(self):
        return [0]


class Analyzing:
    """One worker; ``restarted`` is the next one over the same state."""

    def __init__(
        self, *models, limits=PLENTY, stored=None, table=None, answers=None, delay=0, slots=16, trace=untraced, **terms
    ):
        self.models = {model.name: model for model in models}
        self.options = {"limits": limits, "delay": delay, "slots": slots, **terms}
        self.stored, self.table = stored or Stored(), table or Owned()
        self.answers = answers or MemoryAnswers()
        self.now = NOW
        self.records = []
        self.budgets = {}  # day, spent, limit by project, as the meter was told
        told = {"registry": REGISTRY, "batching": ()} | terms
        terms = Terms(
            topics=TOPICS, prices=PRICES, budgets=Budgets(limits, {}), redactor=Redactor(scrubber(())),
            providers=self.models.keys(), delay=delay, **told,
        )  # fmt: skip

        def clock():
            return self.now

        fitness = ModelFitness(REGISTRY, self.models, MemoryModelMeter(), clock=clock)
        self.calls = Calls(self.models, fitness, slots, clock=clock, collect=0.001)
        outside = Outside(self.stored, self.answers, fitness, meter=self)
        self.agent = AnalyzeAgent(terms, self.calls, outside, clock=clock, trace=trace)

    async def turn(self, *slices, kept=True):
        """One turn; what it changed is kept, unless its worker is killed before that."""
        state = State(self.table)
        answer = Answer(list((await self.agent.turn(slices, state)).records))
        if kept:
            self.table.keep(state.changes())
            self.records += answer.records
        await asyncio.sleep(0.002)
        return answer

    async def turns(self, count=6):
        for _ in range(count):
            await self.turn()

    def restarted(self, *models, **options):
        self.table.owner += 1
        again = Analyzing(
            *(models or self.models.values()), **(self.options | options), stored=self.stored, table=self.table
        )
        again.now = self.now
        return again

    def told(self, analysis=None):
        """What was told; as the meter, that it was."""
        if analysis is not None:
            return None
        found = [record for record in self.records if record.topic == TOPICS.analyses]
        return [msgspec.json.decode(record.value, type=Analysis) for record in found]

    def spent(self, project, day, nanos, limit):
        self.budgets[project] = (day, nanos, limit)

    def decided(self):
        found = [record for record in self.records if record.topic == TOPICS.decisions]
        return [msgspec.json.decode(record.value, type=HealingDecision) for record in found]

    def letters(self):
        return Answer(self.records).letters()

    def account(self, project="shop"):
        return accounts.decode(self.table.values[0, project.encode()])
