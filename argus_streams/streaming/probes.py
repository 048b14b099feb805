"""``/livez`` and ``/readyz`` for probes, ``/metrics`` for Prometheus."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from argus_streams.streaming.health import Health

CLOSE_SECONDS = 0.5  # for requests that are under way at the end; a minute else


class HealthServer:
    """Answers from the worker's own event loop, so silence is a finding."""

    def __init__(self, health: Health, metrics: CollectorRegistry, *, host: str, port: int) -> None:
        self._health = health
        self._metrics = metrics
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Listen; the port, which the system picks where 0 was asked for."""
        app = web.Application()
        app.router.add_get("/livez", self._live)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", self._counted)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _live(self, _: web.Request) -> web.Response:
        return web.json_response({"role": self._health.role, "alive": True})

    async def _ready(self, _: web.Request) -> web.Response:
        health = self._health
        obstacles = health.obstacles()
        body = {"role": health.role, "ready": not obstacles, "obstacles": obstacles, "partitions": health.partitions}
        return web.json_response(
            {**body, "turns": health.turns, "records": health.records}, status=503 if obstacles else 200
        )

    async def _counted(self, _: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self._metrics), headers={"Content-Type": CONTENT_TYPE_LATEST})
