"""A worker role under cProfile, as a process of its own. Arguments: the role, and the file of the profile."""

import asyncio
import cProfile
import logging
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from argus_streams import app, logs, settings


def main() -> None:
    """Run until standard input closes or SIGTERM, then write the profile."""
    name, file = sys.argv[1:]
    role = next(each for each in app.ROLES if each == name)
    given = settings.load()
    logs.configure(given.log_level)
    profiler = cProfile.Profile()
    code = profiler.runcall(asyncio.run, app.run(role, given, attached=sys.stdin))
    profiler.dump_stats(file)
    logging.shutdown()
    os._exit(code)  # librdkafka's threads may be in a call


if __name__ == "__main__":
    main()
