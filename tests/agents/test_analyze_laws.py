"""Whatever answers, kills, zombies, clocks and outages do: no billed cent is forgotten, no budget exceeded."""

import asyncio
import logging
import random

import msgspec
import pytest
from analysed import group
from analyzing import PRICES, REGISTRY, USAGE, Analyzing, Owned, Scripted, Stored, asked, request, scenario, whole

from argus_streams.core.analysis import account as accounts
from argus_streams.core.analysis.account import DAY, MINUTE, Limits
from argus_streams.core.analysis.asking import Reply
from argus_streams.core.analysis.dossier import Material
from argus_streams.core.analysis.prices import cost
from argus_streams.errors import Unavailable
from argus_streams.ports import NoReply
from argus_streams.streaming.agent import State

HISTORY = msgspec.structs.replace(REGISTRY, gate=msgspec.structs.replace(REGISTRY.gate, replayed="batch"))
STEPS = 60


class Billing(Scripted):
    """A provider that answers, fails, and is lost as chance has it, and knows what it has billed."""

    def __init__(self, chance):
        super().__init__("anthropic")
        self.chance, self.billed = chance, 0

    async def ask(self, question):
        fate = self.chance.random()
        if fate < 0.15:
            raise NoReply(self.chance.choice(["rate_limited", "overloaded", "server_error", "refused_request"]))
        self.billed += cost(PRICES.of("anthropic", question.model), USAGE)
        if fate < 0.25:
            raise NoReply(self.chance.choice(["timed_out", "connection"]))
        if fate < 0.3:
            raise RuntimeError("a mistake of ours")
        await asyncio.sleep(0.01 if fate < 0.4 else 0)
        if fate < 0.5:
            return Reply(ending=self.chance.choice(["truncated", "refused", "invalid"]), usage=USAGE)
        return whole(question)

    async def submit(self, questions):
        for each in questions.values():
            self.billed += cost(PRICES.of("anthropic", each.model), USAGE, batch=True)
        if self.chance.random() < 0.2:
            raise NoReply("timed_out")
        return await super().submit(questions)

    async def collect(self, batch, shapes):
        self.ready, fate = self.chance.random() < 0.5, self.chance.random()
        if fate < 0.2:
            raise NoReply("overloaded" if fate < 0.1 else "unknown_model")
        found = await super().collect(batch, shapes)
        return found and {name: each if fate < 0.9 else NoReply("connection") for name, each in found.items()}


class Shaky(Stored):
    """A database that is away now and then, and tells other things each time."""

    def __init__(self, chance):
        super().__init__()
        self.chance = chance

    async def gather(self, _project, fingerprints):
        if self.chance.random() < 0.05:
            raise Unavailable("the database")
        count, title = self.chance.choice([5, 50, 500]), f"problem {self.chance.randint(0, 3)}"
        return Material(groups=tuple(group(each, count=count, title=title) for each in fingerprints))


async def turn(worker, *slices, written=None):
    """A turn as the engine takes it; a kill leaves ``written`` of its changes, of a zombie's none stay."""
    while True:
        state = State(worker.table)
        try:
            await worker.agent.turn(slices, state)
        except Unavailable:
            await asyncio.sleep(0)
        else:
            break
    worker.table.keep(dict(list(state.changes().items())[:written]))
    await asyncio.sleep(0.0005)


def replaced(worker):
    """The next owner, and the one before, which does not know that it was replaced."""
    again, own = worker.restarted(), Owned()
    own.values, own.owner = dict(worker.table.values), worker.table.owner - 1
    worker.table = own
    return again, worker


@pytest.mark.parametrize("seed", range(16))
@scenario
async def test_no_cent_is_forgotten_and_no_budget_exceeded(seed, caplog):
    caplog.set_level(logging.CRITICAL)
    chance = random.Random(seed)  # noqa: S311 - a course to be gone through again
    model, zombies = Billing(chance), []
    limits = Limits(chance.choice([10**8, 10**9]), chance.choice([2, 50]))
    options = {"batching": ("anthropic",), "registry": HISTORY, "slots": chance.choice([1, 16])}
    worker = Analyzing(model, limits=limits, stored=Shaky(chance), **options)
    for _ in range(STEPS):
        match chance.choice(["ask", "ask", "go on", "go on", "kill", "zombie", "clock"]):
            case "ask":
                subject, evidence = f"v1:{chance.randint(0, 9)}", f"e{chance.randint(0, 4)}"
                replayed = chance.random() < 0.4
                await turn(worker, asked(request(subject, evidence=evidence, replayed=replayed, at=worker.now)))
            case "kill":
                await turn(worker, written=chance.randint(0, 6))
                worker, before = replaced(worker)
                zombies.append(before)
            case "zombie" if zombies:
                await turn(chance.choice(zombies), written=0)
            case "clock":
                worker.now += chance.choice([1_000, MINUTE, 60 * MINUTE, DAY, -MINUTE, -DAY])
            case _:
                await turn(worker)
        if (0, b"shop") in worker.table.values:
            assert accounts.committed(worker.account()) <= limits.nanos_per_day
    for _ in range(30):
        await turn(worker)
    account = worker.account()
    assert model.billed <= account.total + sum(each.reserved for each in account.attempts.values())
