"""What a worker says of itself: alive, ready, and why not, and what it has counted."""

from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest


@dataclass(slots=True)
class Health:
    """The state that probes ask for; written by the loop and the worker."""

    role: str
    joined: bool = False  # has the group given us an assignment, be it an empty one
    rebalancing: bool = True
    recovering: bool = False
    holding: str | None = None  # why work waits for something outside
    away: str | None = None  # what did not answer when it was last asked, though nothing waited for it
    unreadable: str | None = None  # what of the inputs is damaged on the broker, and where
    partitions: int = 0
    turns: int = 0
    records: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def obstacles(self) -> list[str]:
        """What stands between this worker and readiness; empty = ready."""
        found = []
        if not self.joined:
            found.append("not yet a member of its consumer group")
        if self.rebalancing:
            found.append("rebalancing")
        if self.recovering:
            found.append("recovering state")
        if self.holding:
            found.append(f"holding: {self.holding}")
        elif self.away:
            found.append(f"away: {self.away}")
        if self.unreadable:
            found.append(f"unreadable: {self.unreadable}")
        return found


class HealthServer:
    """``/livez`` and ``/readyz`` for probes, ``/metrics`` for Prometheus.

    It answers from the worker's own event loop, so silence is a finding.
    """

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
        self._runner = web.AppRunner(app, access_log=None)
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
