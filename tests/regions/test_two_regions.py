"""Two real brokers, MirrorMaker 2 with the file of docs/operations between them, workers of both regions."""

import pytest
from processes import comes_true
from region import Sender, Watch
from verdicts import address, audited_once_it_answers, away, closes, told

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


def test_a_region_is_lost_and_comes_back_and_everything_counts_once(regions, mirrors):
    """us is the passive one, and works; eu's workers begin at the failback, with all that there is."""
    eu, us = regions
    us.work()
    into_us = mirrors(us)
    sender = Sender(eu.topics.incoming)
    sender.publish(eu, range(300))
    with Watch(eu, us):
        assert comes_true(lambda: us.counts() == sender.expected(), 60), us.counts()
        # acknowledged in eu, and not mirrored when it is lost; among them what us has already
        into_us.kill()
        sender.publish(eu, [*range(250, 300), *range(400, 500)])
        eu.broker.kill()
        # people and producers go to us; what was not acknowledged is sent again, and more than that
        sender.publish(us, [*range(450, 500), *range(500, 600)])
        us.decide("problem 3", "resolve")
        code, verdict = us.audit("--region", address(eu), "--wait", "30")
        assert (code, verdict["missing"], verdict["double"]) == (1, 0, 0)
        assert away((code, verdict))
        assert told(verdict, eu.topics.incoming)["until"]
        eu.broker.restart()
        code, verdict = audited_once_it_answers(us, eu)
        incoming = told(verdict, eu.topics.incoming)
        assert (code, incoming["behind"], incoming["missing"], incoming["double"]) == (1, 150, 0, 0)
        assert not incoming["moving"]
        # failback
        into_us.start()
        mirrors(eu)
        eu.work()
        closes(us, eu, sender)
        closes(eu, us, sender)
        assert eu.groups() == us.groups()
        assert eu.groups()["problem 3"][0] == "resolved"
