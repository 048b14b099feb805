"""A worker that counts, as a process of its own. Arguments: bootstrap group input changelog out folder|- pause."""

import asyncio
import logging
import os
import sys
from pathlib import Path

import faults
from counting import Counting
from prometheus_client import CollectorRegistry

from argus_streams.errors import Misconfigured
from argus_streams.streaming.worker import Broker, Job, Worker

MISCONFIGURED = 78


class Slowly(Counting):
    """Takes a while for each turn."""

    def __init__(self, out, pause):
        super().__init__(out)
        self._pause = pause

    async def turn(self, slices, state):
        effects = await super().turn(slices, state)
        logging.info("turning")  # noqa: LOG015 - what a test waits for
        await asyncio.sleep(self._pause)
        return effects


def main():
    """The arguments, and one more where a fault is to be played."""
    bootstrap, group, topic, changelog, out, state, pause, *fault = sys.argv[1:]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    job = Job(
        role="counting",
        group=group,
        topics=[topic],
        metrics=CollectorRegistry(),
        changelog=changelog,
        state=None if state == "-" else Path(state),
        health=("127.0.0.1", 0),
        bounds=faults.bounds(fault),
    )
    try:
        worker = Worker(Broker({"bootstrap.servers": bootstrap}), job)
        agent = Slowly(out, float(pause))
        faults.play(fault, worker, agent)
        code = asyncio.run(worker.run_keyed(agent))
    except Misconfigured as error:
        logging.critical("%s", error)  # noqa: LOG015 - the process's last word
        code = MISCONFIGURED
    logging.shutdown()
    os._exit(code)


if __name__ == "__main__":
    main()
