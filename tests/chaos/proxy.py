"""A broker's second door: a listener behind a proxy that delays, cuts and holds what passes."""

import asyncio
import contextlib
import re

from argus_streams.embedded.process import claim_ports

CHUNK = 64 * 1024
LISTENERS = re.compile(r"^(listeners=|advertised\.listeners=|listener\.security\.protocol\.map=)(.*)$", re.MULTILINE)


def with_side_door(broker, folder):
    """Give a broker of our own, with its data in this folder, a listener that is reached through a proxy alone."""
    (folder / "side").mkdir(exist_ok=True)
    inner, outer = claim_ports(folder / "side", 2)
    added = {
        "listeners=": f",SIDE://127.0.0.1:{inner}",
        "advertised.listeners=": f",SIDE://127.0.0.1:{outer}",
        "listener.security.protocol.map=": ",SIDE:PLAINTEXT",
    }
    broker.halt()
    properties = folder / "server.properties"
    properties.write_text(LISTENERS.sub(lambda line: f"{line[0]}{added[line[1]]}", properties.read_text()))
    broker.start()
    return SideDoor(inner, outer)


class SideDoor:
    """The proxy; closed unless it is opened in a running event loop."""

    def __init__(self, inner, outer):
        self.bootstrap = f"127.0.0.1:{outer}"
        self._inner, self._outer = inner, outer
        self._delay = 0.0  # s, before what the broker says is passed on
        self._passes = asyncio.Event()
        self._passes.set()
        self._streams, self._tasks = set(), set()
        self.connections = self.passed = 0  # how many came, and bytes

    @contextlib.asynccontextmanager
    async def opened(self):
        """Let clients in."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", self._outer)
        try:
            yield self
        finally:
            server.close()
            self.mend()
            self.cut()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def delay(self, seconds):
        """Pass on later what the broker says: slow acknowledgements."""
        self._delay = seconds

    def hold(self):
        """Pass on nothing, and cut nothing: a network that swallows."""
        self._passes.clear()

    def mend(self):
        """As if nothing had been."""
        self._delay = 0.0
        self._passes.set()

    def cut(self):
        """End every connection, whatever is under way: what was written may have arrived or not."""
        for stream in self._streams:
            stream.transport.abort()

    async def _connected(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        try:
            await self._join(reader, writer)
        except OSError:  # the broker is not there
            writer.transport.abort()
        finally:
            self._tasks.discard(asyncio.current_task())

    async def _join(self, reader, writer):
        broker_reader, broker_writer = await asyncio.open_connection("127.0.0.1", self._inner)
        pair = {writer, broker_writer}
        self.connections += 1
        self._streams |= pair
        try:
            await asyncio.gather(
                self._pass(reader, broker_writer, lambda: 0.0), self._pass(broker_reader, writer, lambda: self._delay)
            )
        finally:
            self._streams -= pair
            for stream in pair:
                stream.transport.abort()

    async def _pass(self, source, target, delay):
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK):
                await self._passes.wait()
                await asyncio.sleep(delay())
                target.write(data)
                self.passed += len(data)
                await target.drain()
        target.transport.abort()
