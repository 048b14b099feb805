"""A real Redis on loopback, without anything on disk."""

import shutil
import subprocess

from processes import comes_true
from redis import Redis
from redis.exceptions import RedisError

from argus_streams.embedded.process import claim_ports
from argus_streams.errors import Unavailable

START_SECONDS = 10


class RedisServer:
    """Runs from its making, or start, to its stop. Raises ``Unavailable`` where the program is missing."""

    def __init__(self, folder):
        program = shutil.which("redis-server")
        if program is None:
            raise Unavailable("no redis-server on PATH")
        (port,) = claim_ports(folder, 1)
        self.url = f"redis://127.0.0.1:{port}/0"
        self._command = [
            *(program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"),
            *("--enable-debug-command", "yes", "--dir", str(folder), "--logfile", str(folder / "redis.log")),
        ]
        self._process = None
        self.start()

    def start(self):
        self._process = subprocess.Popen(self._command)  # noqa: S603 - our own command
        if not comes_true(self._answers, START_SECONDS):
            self.stop()
            raise Unavailable("redis-server did not start")

    def stop(self):
        self._process.kill()
        self._process.wait()

    def client(self):
        """A client of the test's own."""
        return Redis.from_url(self.url)

    def _answers(self):
        try:
            with self.client() as client:
                return client.ping()
        except RedisError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
