"""One worker process: a Faust app around one loop, from start to a clean end."""

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TextIO

import faust
from prometheus_client import CollectorRegistry

from argus_streams.errors import ArgusError, Misconfigured
from argus_streams.ports.tracing import Nowhere, Tracer
from argus_streams.streaming.agent import Agent, KeyedAgent
from argus_streams.streaming.application import Chunks, application
from argus_streams.streaming.beginning import Beginning
from argus_streams.streaming.credentials import credentials
from argus_streams.streaming.decision import Decide, keyed, plain
from argus_streams.streaming.gauges import Sources, show
from argus_streams.streaming.health import Cause, Health
from argus_streams.streaming.loop import Engine, Loop, made_anew
from argus_streams.streaming.meter import Letters, Meter, Tally
from argus_streams.streaming.position import Partition, Position
from argus_streams.streaming.probes import HealthServer
from argus_streams.streaming.producer import ConfirmedProducer, PlacingProducer
from argus_streams.streaming.reader import Reader
from argus_streams.streaming.refusals import Refusals
from argus_streams.streaming.salvage import Salvage
from argus_streams.streaming.store import MemoryStore, RocksStore, Store
from argus_streams.streaming.supervisor import MISCONFIGURED
from argus_streams.streaming.table import Table
from argus_streams.streaming.tenancy import Tenancy
from argus_streams.streaming.transport import fetched_to, install
from argus_streams.streaming.watch import Bounds, Facts, Watch
from argus_streams.streaming.watchdog import Pulse, watch

log = logging.getLogger(__name__)

CRASHED = 70  # EX_SOFTWARE: the supervisor starts us again
STOP_SECONDS = 4.5  # SIGTERM to exit
LAST_WORD_SECONDS = 3.0
WATCH_SECONDS = 10.0


class Broker(NamedTuple):
    """How to reach Kafka, in librdkafka's words; Faust's are derived from them."""

    client: Mapping[str, Any]

    @property
    def servers(self) -> list[str]:
        """Bootstrap servers, host:port."""
        return [server.strip() for server in str(self.client["bootstrap.servers"]).split(",") if server.strip()]


class Job(NamedTuple):
    """What a worker is to run."""

    role: str
    group: str  # consumer group
    topics: Sequence[str]  # inputs; those of a keyed agent are keyed alike and have equal partition counts
    metrics: CollectorRegistry  # what is counted here, shown beside health
    version: str = ""  # of the program, to be shown
    letters: Letters | None = None  # how a dead letter is known, to be counted
    tallies: Sequence[Tally] = ()  # what else is counted of what is written
    changelog: str | None = None  # of the agent's table
    rest: float | None = None  # seconds between two turns over nothing; None = none of the agent's work is due by time
    state: Path | None = None  # folder for RocksDB; None = memory
    health: tuple[str, int] | None = None  # host and port; port 0 = any
    bounds: Bounds = Bounds()  # of standing still unexplained
    attached: TextIO | None = None  # a pipe of the parent's: when it closes, the worker ends
    tracer: Tracer = Nowhere()


class Worker:
    """Runs one agent until SIGTERM; ``run`` returns the process's exit code."""

    def __init__(self, broker: Broker, job: Job) -> None:
        self._broker = broker
        self._job = job
        self._health = Health(job.role)
        self._reader = Reader(broker.client, job.group)
        self._producer = ConfirmedProducer(broker.client)
        self._position = Position()
        self._salvage = Salvage(partial(self._declare, "unreadable"))
        self._agent_ended = False
        self._asked = monotonic()  # when the fetch loop last asked for records
        self._meter = Meter(job.metrics, job.letters, job.tallies)
        self._state: Table | None = None
        show(job.metrics, self._sources())  # at once: one who waits for Kafka to start tells that, too
        self._probe: Callable[[], Awaitable[None]] = nothing_else

    async def run(self, agent: Agent, probe: Callable[[], Awaitable[None]] | None = None) -> int:
        """Run an agent without state; ``probe`` raises while something else that it needs is away."""
        self._probe = probe or nothing_else
        async with self._probed() as stop:
            engine = await self._engine(stop)
            return 0 if engine is None else await self._serve(engine, stop, plain(agent), None)

    async def run_keyed(self, agent: KeyedAgent, probe: Callable[[], Awaitable[None]] | None = None) -> int:
        """Run an agent with a table; ``probe`` as in ``run``."""
        self._probe = probe or nothing_else
        async with self._probed() as stop:
            engine = await self._engine(stop)
            if engine is None:
                return 0
            table = self._table(engine)
            try:
                return await self._serve(engine, stop, keyed(agent, table), table)
            finally:
                table.close()

    @asynccontextmanager
    async def _probed(self) -> AsyncIterator[asyncio.Event]:
        """Answer probes, and listen for the end, before anything else is up."""
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        if self._job.attached is not None:
            loop.add_reader(self._job.attached, stop.set)
        if self._job.health is None:
            yield stop
            return
        host, port = self._job.health
        server = HealthServer(self._health, self._job.metrics, host=host, port=port)
        try:
            listening = await server.start()
        except OSError as error:
            raise Misconfigured(f"ARGUS_HEALTH_HOST, ARGUS_HEALTH_PORT: {host}:{port}: {error.strerror}") from error
        log.info("%s answers /livez, /readyz and /metrics on port %s", self._job.role, listening)
        try:
            yield stop
        finally:
            await server.stop()

    # -- start ----------------------------------------------------------------------------------------------------

    async def _engine(self, stop: asyncio.Event) -> Engine | None:
        """What the loop works with; ``None`` when the end was asked for before the broker answered."""
        beginning = Beginning(self._reader, self._health, self._broker.servers)
        ids = await beginning.topic_ids(self._job.topics, self._job.changelog, stop)
        if ids is None:
            return None
        reader, position, health = self._reader, self._position, self._health
        return Engine(self._producer, reader, position, health, self._meter, ids, self._job.tracer)

    def _table(self, engine: Engine) -> Table:
        changelog, state = self._job.changelog or "", self._job.state
        store: Store = RocksStore(state / changelog) if state is not None else MemoryStore()
        producer = PlacingProducer(self._broker.client)
        return Table(
            changelog, engine.topic_ids[changelog], store=store, producer=producer, reader=self._reader,
            worker=f"{socket.gethostname()}/{os.getpid()}",
        )  # fmt: skip

    # -- life -----------------------------------------------------------------------------------------------------

    async def _serve(self, engine: Engine, stop: asyncio.Event, decide: Decide, table: Table | None) -> int:
        app = application(self._job.group, self._broker.servers, credentials(self._broker.client))
        self._health.go_on("broker")
        loop = Loop(engine, decide, table=table, generation=lambda: app.consumer_generation_id, fatal=die)
        self._state = table
        tenancy = Tenancy(
            position=self._position, salvage=self._salvage, starts=loop.starts, assigned=loop.assigned,
            leave=loop.leave, crowded=loop.crowded, delivered=loop.delivered, committed=loop.committed,
            state_id=engine.topic_ids.get(self._job.changelog or "", ""),
            refusals=Refusals(partial(self._declare, "refused")), asking=self._asking,
        )  # fmt: skip
        install(app, tenancy)
        topic = app.topic(*self._job.topics, key_serializer="raw", value_serializer=Chunks())

        async def agent(stream: Any) -> None:
            try:
                await loop.run(stream.events(), lambda: not stream.channel.queue.empty())
            finally:
                self._agent_ended = not app.should_stop  # Faust would start another one, after what this one held

        app.agent(topic, name=self._job.role, concurrency=1)(agent)
        app.finalize()
        pulse = Pulse(self._job.bounds.loop, die)
        starting = asyncio.create_task(app.start())  # not awaited: joining a busy group may outlast a SIGTERM
        facts = partial(self._facts, app, loop, table)
        watches = [
            asyncio.create_task(self._watch(engine)),
            asyncio.create_task(watch(Watch(self._job.bounds), facts, die)),
            *([asyncio.create_task(rests(loop, self._job.rest))] if self._job.rest else []),
        ]
        await self._until(stop, app, starting)
        pulse.end_within(STOP_SECONDS + 2)
        for task in (*watches, starting):
            task.cancel()
        return await self._end(app)

    def _sources(self) -> Sources:
        return Sources(
            self._health, self._position, self._producer.waiting, lambda: self._salvage.salvaged, lambda: self._state,
            (self._job.version, self._job.group),
        )  # fmt: skip

    def _declare(self, cause: Cause, what: str | None) -> None:
        """Say in readiness what a part of the work waits for; ``None`` = nothing."""
        if what is None:
            self._health.go_on(cause)
        else:
            self._health.hold(cause, what)

    def _asking(self) -> None:
        self._asked = monotonic()

    def _facts(self, app: faust.App, loop: Loop, table: Table | None) -> Facts:
        health = self._health
        unread = health.waits.get("unreadable")
        return Facts(
            declared=health.away or "; ".join(why for why in health.waits.values() if why != unread) or None,
            member=health.joined,
            rebalancing=health.rebalancing,
            generation=app.consumer_generation_id,
            recovered=table.recovery.done if table is not None and health.recovering else None,
            agent_ended=self._agent_ended,
            turn=loop.began,
            turns=health.turns,
            asked=self._asked,
            standing=self._position.standing(fetched_to(app) if health.joined else {}),
            excused=frozenset(Partition(*tp) for tp in self._salvage.aside),
        )

    async def _until(self, stop: asyncio.Event, app: faust.App, starting: asyncio.Task[None]) -> None:
        while not stop.is_set() and not app.should_stop and not app.crashed:
            if starting.done() and starting.exception() is not None:
                die(starting.exception() or RuntimeError("the app did not start"))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 0.2)

    async def _end(self, app: faust.App) -> int:
        """Commit what is done and leave the group; a stop that hangs is cut.

        A crashed Faust is not stopped: its consumer's thread is gone, and a commit through it would never return.
        """
        if app.crashed:
            die(app.crash_reason or RuntimeError("Faust crashed without a reason"))
        began = monotonic()
        stopping = asyncio.create_task(app.stop())
        done, _ = await asyncio.wait({stopping}, timeout=STOP_SECONDS)  # a part of it may not even heed a cancel
        if not done:
            log.warning("the group was not left within %s s: ending without", STOP_SECONDS)
        log.info("%s ended in %.1f s", self._job.role, monotonic() - began)
        return 0

    async def _watch(self, engine: Engine) -> None:
        """Ask what is outside whether it is there, also while nothing has to be done; readiness shows it.

        A topic deleted and made anew has another id: all positions in it are void, so begin anew.
        """
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                found = await self._reader.topics(engine.topic_ids)
                self._health.inputs = sum(found[name][1] for name in self._job.topics if name in found)
                held = list(self._position.held())
                self._position.seen(await self._reader.ends(held))
                self._position.begun(await self._reader.starts(held))
                await self._probe()
            except ArgusError as error:
                if self._health.away is None:
                    log.warning("not ready: %s", error)
                self._health.away = str(error)
                continue
            self._health.away = None
            changed = [name for name, (topic_id, _) in found.items() if topic_id != engine.topic_ids[name]]
            if changed:
                die(made_anew(changed))


async def rests(loop: Loop, seconds: float) -> None:
    """Let the loop do what is due by time, again and again, without a pause while there is more."""
    while True:
        pause = 0.0 if await loop.rest() else seconds
        await asyncio.sleep(pause)


async def nothing_else() -> None:
    """The probe of an agent that needs nothing but Kafka."""


def die(error: BaseException) -> None:
    """End now, whatever runs: positions that were not confirmed are read again after the restart."""
    code = MISCONFIGURED if isinstance(error, Misconfigured) else CRASHED
    threading.Timer(LAST_WORD_SECONDS, os._exit, (code,)).start()  # the log itself may be what hangs
    log.critical("ending: %s", error, exc_info=None if isinstance(error, ArgusError) else error)
    logging.shutdown()
    os._exit(code)
