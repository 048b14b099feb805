"""A region is lost at a thousand bodies a second, and comes back; a problem that many meet is in the midst of it."""

import time

import pytest
from region import Sender, Watch
from verdicts import audited_once_it_answers, closes, told

RATE = 1_000  # bodies a second, of both regions together
HOT = 3  # every third is of one problem
STEP = 0.02  # s
NOTICED = 3.0  # s, until producers turn to the other region ...
AGAIN = 5.0  # ... and send again what they sent there in the last seconds, acknowledged or not


class Load:
    """Bodies at a steady rate, to one region or in turn to both."""

    def __init__(self, sender, regions):
        self.sender = sender
        self.producers = {region.alias: sender.producer(region) for region in regions}
        self.sent_to = {}
        self._number = 0

    def run(self, seconds, *aliases):
        began, first = time.monotonic(), self._number
        while (passed := time.monotonic() - began) < seconds:
            while self._number - first < passed * RATE:
                self.send(self._number, aliases[self._number % len(aliases)])
                self._number += 1
            time.sleep(STEP)

    def send(self, number, alias):
        problem = "hot" if number % HOT == 0 else f"problem {number % 97}"
        self.sent_to[number] = alias
        self.sender.send(self.producers[alias], problem, number)

    def turn(self, alias, to):
        """What a region has not acknowledged, or took only just now, goes to another."""
        since = time.monotonic() - NOTICED - AGAIN
        again = [
            number
            for number, at in self.sent_to.items()
            if at == alias and (number not in self.sender.acknowledged or self.sender.sent[number][0] > since)
        ]
        self.producers[alias].purge()
        for number in again:
            self.send(number, to)
        return len(again)

    def settle(self, alias):
        assert self.producers[alias].flush(60) == 0


@pytest.mark.chaos
@pytest.mark.kafka
@pytest.mark.postgres
def test_a_region_is_lost_at_a_thousand_bodies_a_second(regions, mirrors, say):
    eu, us = regions
    for region in regions:
        region.work()
    sender = Sender(eu.topics.incoming)
    into_us, _ = mirrors(us), mirrors(eu)
    with Watch(eu, us):
        load = Load(sender, regions)
        load.run(40, "eu", "us")
        eu.broker.kill()
        load.run(NOTICED, "eu", "us")
        again = load.turn("eu", "us")
        load.run(30, "us")
        into_us.kill()
        eu.broker.restart()
        code, verdict = audited_once_it_answers(us, eu)
        incoming = told(verdict, eu.topics.incoming)
        say(f"sent {len(sender.sent):,}, {again:,} of them again; not mirrored {incoming['behind']:,}")
        assert (code, incoming["missing"], incoming["double"]) == (int(incoming["behind"] > 0), 0, 0)
        into_us.start()
        load.producers["eu"] = sender.producer(eu)
        load.run(20, "eu", "us")
        load.settle("us")
        load.settle("eu")
        assert sender.acknowledged == sender.sent.keys()
        began = time.monotonic()
        closes(us, eu, sender)
        closes(eu, us, sender)
        say(f"closed {time.monotonic() - began:.0f} s after the last body; all {len(sender.sent):,} count once")
        assert eu.groups() == us.groups()
