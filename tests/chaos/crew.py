"""Workers as in production: one process a role under a supervisor, with logs and probes of their own."""

import asyncio
import contextlib
import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from argus_streams import supervision
from argus_streams.embedded.process import claim_ports
from argus_streams.streaming.supervisor import MISCONFIGURED

READY_SECONDS = 120.0


class Crew(NamedTuple):
    """One worker a role, watched over."""

    supervisor: object
    ports: dict[str, int]
    logs: Path

    @classmethod
    def hired(cls, environments, folder):
        """Start one worker a role, with these variables by role; a crew of the same folder finds its state again."""
        folder.mkdir(exist_ok=True)
        roles = tuple(environments)
        ports = dict(zip(roles, claim_ports(folder, len(roles)), strict=True))
        overrides = {role: {**environments[role], "ARGUS_HEALTH_PORT": str(ports[role])} for role in roles}
        crew = cls(supervision.supervisor(roles, overrides, logs=folder), ports, folder)
        crew.supervisor.start()
        return crew

    def watch(self):
        """Restart what ended; whether all can run."""
        return self.supervisor.check() != MISCONFIGURED

    def restarts(self):
        return sum(child.restarts for child in self.supervisor.children.values())

    def process(self, role):
        return self.supervisor.children[role].process

    def runs(self, role):
        return self.process(role).poll() is None

    def cpu(self):
        """CPU seconds that each role has used since its start, where the system tells."""
        told = {}
        for role, child in self.supervisor.children.items():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()
                told[role] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return told

    def health(self, role):
        """What the worker says of itself, ``None`` if nothing."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[role]}/readyz", timeout=1) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)
        except OSError:
            return None

    def works(self, role):
        """Whether it says that it is ready."""
        health = self.health(role)
        return bool(health and health["ready"])

    async def ready(self, *roles, seconds=READY_SECONDS):
        """Wait until these roles, or all, work; how long that took. Whoever watches the crew restarts what ends."""
        began = time.monotonic()
        waiting = wanted = list(roles or self.ports)
        while waiting:
            told = {role: await asyncio.to_thread(self.health, role) for role in waiting}
            waiting = [role for role, health in told.items() if not (health and health["ready"])]
            refused = [role for role in wanted if self.process(role).poll() == MISCONFIGURED]
            assert not refused, f"{refused} can not run:\n{self.tails()}"
            assert time.monotonic() - began < seconds, f"{told} after {seconds} s:\n{self.tails()}"
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    async def dismissed(self):
        """Exit codes after SIGTERM."""
        await asyncio.to_thread(self.supervisor.stop)
        return {role: child.process.returncode for role, child in self.supervisor.children.items()}

    def log(self, role):
        return (self.logs / f"{role}.log").read_text()

    def tails(self):
        return "\n".join(f"--- {file}\n{file.read_text()[-3000:]}" for file in sorted(self.logs.glob("*.log")))

    def close(self):
        """End it whatever it does."""
        for child in self.supervisor.children.values():
            child.process.kill()  # also of one that is stopped
            child.process.wait()
            child.process.stdin.close()
