"""What goes wrong inside a worker, played in a process of its own: each replaces one part of it."""

import asyncio
import ctypes
import threading
import time

from aiokafka.errors import KafkaError

from argus_streams.errors import Unavailable
from argus_streams.streaming.position import Position
from argus_streams.streaming.salvage import Salvage
from argus_streams.streaming.watch import Bounds

SOON = 3.0  # s; the bound under test, the others are as they are
FOREVER = 10_000


class Replaced:
    """One part with some of its methods replaced."""

    def __init__(self, part, **methods):
        self._part = part
        self.__dict__.update(methods)

    def __getattr__(self, name):
        return getattr(self._part, name)


# -- the agent --------------------------------------------------------------------------------------------------------


def _in_turn(agent, act):
    turn = agent.turn

    async def acting(slices, state):
        await act()
        return await turn(slices, state)

    agent.turn = acting


def never_decides(_, agent):
    _in_turn(agent, lambda: asyncio.sleep(FOREVER))


def blocks_the_loop(_, agent):
    async def block():
        time.sleep(FOREVER)  # noqa: ASYNC251 - the fault

    _in_turn(agent, block)


def blocks_the_interpreter(_, agent):
    async def block():
        ctypes.PyDLL(None).sleep(FOREVER)  # which does not let go of Python's lock

    _in_turn(agent, block)


def is_cancelled(_, agent):
    async def cancel():
        raise asyncio.CancelledError

    _in_turn(agent, cancel)


def holds_then_works(_, agent):
    until = time.monotonic() + 3 * SOON

    async def hold():
        if time.monotonic() < until:
            raise Unavailable("the database is down")

    _in_turn(agent, hold)


def is_slow(_, agent):
    _in_turn(agent, lambda: asyncio.sleep(1.5 * SOON))


# -- the consumer -----------------------------------------------------------------------------------------------------


class Fetching(Salvage):
    """Acts in the consumer's thread, at every fetch."""

    def __init__(self, act, report=lambda _: None):
        super().__init__(report)
        self._act = act

    def resume(self, consumer):
        self._act(consumer)


def blocks_the_consumer_thread(worker, _):
    worker._salvage = Fetching(lambda _: time.sleep(FOREVER))  # noqa: SLF001


def fails_to_fetch(worker, _):
    def fail(_):
        raise KafkaError("nobody knows why")

    worker._salvage = Fetching(fail)  # noqa: SLF001


def ends_the_consumer_thread(worker, _):
    worker._salvage = Fetching(lambda _: asyncio.get_running_loop().stop())  # noqa: SLF001


class Nothing(Salvage):
    """Fetches nothing, and finds that well."""

    careful = True

    async def fetch(self, consumer, partitions, limit):  # noqa: ARG002
        await asyncio.sleep(0.1)
        return {}


def fetches_nothing(worker, _):
    worker._salvage = Nothing(lambda _: None)  # noqa: SLF001


class Uncommitted(Position):
    """Has nothing to commit when the consumer's thread asks."""

    def held(self):
        return super().held() if threading.current_thread() is threading.main_thread() else {}


def commits_nothing(worker, _):
    worker._position = Uncommitted()  # noqa: SLF001


# -- the reader -------------------------------------------------------------------------------------------------------


async def _never(*_):
    await asyncio.sleep(FOREVER)


def _reads_nothing(_spans, stop):
    while not stop():
        time.sleep(0.1)
        yield []


def never_recovers(worker, _):
    worker._reader = Replaced(worker._reader, read=_reads_nothing)  # noqa: SLF001


def never_knows_where_to_begin(worker, _):
    worker._reader = Replaced(worker._reader, bounds=_never)  # noqa: SLF001


def recovers_slowly(worker, _):
    read = worker._reader.read  # noqa: SLF001

    def slowly(spans, stop):
        for batch in read(spans, stop):
            for message in batch:
                time.sleep(SOON / 2)
                yield [message]

    worker._reader = Replaced(worker._reader, read=slowly)  # noqa: SLF001


# -- the end ----------------------------------------------------------------------------------------------------------


def never_ends(worker, _):
    table = worker._table  # noqa: SLF001

    def unclosing(engine):
        return Replaced(table(engine), close=lambda: time.sleep(FOREVER))

    worker._table = unclosing  # noqa: SLF001


BOUNDS = {
    never_decides: Bounds(turn=SOON),
    blocks_the_loop: Bounds(loop=SOON),
    blocks_the_interpreter: Bounds(loop=SOON),
    is_cancelled: Bounds(),
    blocks_the_consumer_thread: Bounds(fetch=SOON),
    ends_the_consumer_thread: Bounds(fetch=SOON),
    fails_to_fetch: Bounds(),
    fetches_nothing: Bounds(progress=SOON),
    commits_nothing: Bounds(commit=SOON),
    never_recovers: Bounds(recovery=SOON),
    never_knows_where_to_begin: Bounds(rebalance=SOON),
    never_ends: Bounds(),
    holds_then_works: Bounds(turn=SOON, fetch=SOON, progress=SOON, commit=SOON, recovery=SOON),
    is_slow: Bounds(turn=3 * SOON, fetch=SOON, progress=SOON, commit=SOON, recovery=SOON),
    recovers_slowly: Bounds(turn=SOON, fetch=SOON, progress=SOON, commit=SOON, recovery=SOON),
}
FAULTS = {fault.__name__: fault for fault in BOUNDS}


def bounds(names):
    return BOUNDS[FAULTS[names[0]]] if names else Bounds()


def play(names, worker, agent):
    for name in names:
        FAULTS[name](worker, agent)
