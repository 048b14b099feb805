"""Several roles at once: each a process of its own, kept running."""

import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from argus_streams.app import Role
from argus_streams.settings import environment
from argus_streams.streaming.supervisor import Launch, Supervisor


def supervisor(
    roles: Sequence[Role], overrides: Mapping[Role, Mapping[str, str]], *, logs: Path | None = None
) -> Supervisor:
    """A supervisor of one worker process a role.

    ``overrides`` adds environment variables by role. With ``logs`` each worker writes ``<role>.log`` there, else to our
    standard error.
    """
    launches: dict[str, Launch] = {
        role: Launch(
            (sys.executable, "-m", "argus_streams", "worker", role, "--attached"),
            environment(overrides.get(role, {})),
            logs and logs / f"{role}.log",
        )
        for role in roles
    }
    return Supervisor(launches)


def run(roles: Sequence[Role], shared: Mapping[str, str]) -> int:
    """Run roles until SIGTERM or Ctrl-C, all with these variables more; the exit code."""
    ended: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: ended.append(received))
    # Each has probes of its own: they share a host here, so all but the first take any free port.
    ports: dict[Role, Mapping[str, str]] = {role: {"ARGUS_HEALTH_PORT": "0"} for role in roles[1:]}
    overrides = {role: {**shared, **ports.get(role, {})} for role in roles}
    watched = supervisor(roles, overrides)
    watched.start()
    try:
        while not ended:
            code = watched.check()
            if code is not None:
                return code
            time.sleep(0.2)
        return 0
    finally:
        watched.stop()
