"""Two real brokers, MirrorMaker 2 with the file of docs/operations between them, workers of both regions."""

from contextlib import ExitStack

import pytest
from databases import database_on
from mirror import MirrorMaker
from processes import comes_true
from region import Region, Sender, Watch

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture
def regions(new_broker, postgres_server, tmp_path):
    """eu and us."""
    with ExitStack() as held:
        brokers = {alias: new_broker() for alias in ("eu", "us")}
        made = []
        for alias, other in (("eu", "us"), ("us", "eu")):
            url = held.enter_context(database_on(postgres_server))
            region = Region(alias, other, brokers[alias], url, tmp_path / alias)
            held.callback(region.close)
            region.prepare()
            made.append(region)
        yield made


@pytest.fixture
def mirrors(regions, say):
    """Starts MirrorMaker into a region."""
    servers = {region.alias: region.broker.bootstrap for region in regions}
    with ExitStack() as held:
        yield lambda into: held.enter_context(MirrorMaker(into.alias, servers, "argus.", say))


def told(verdict, topic):
    """What an audit says of a topic of the other region."""
    (region,) = verdict["regions"]
    return next(each for each in region["topics"] if each["topic"] == topic)


def address(region):
    return f"{region.alias}={region.broker.bootstrap}"


def audited_once_it_answers(region, other):
    """On a busy machine a broker that was just started takes its time."""
    found = []
    assert comes_true(lambda: not found.append(region.audit("--region", address(other))) and not away(found[-1]), 30)
    return found[-1]


def away(audited):
    return audited[1]["regions"][0]["away"]


def closes(region, other, sender):
    """The region has counted all, and both audits close."""
    assert comes_true(lambda: region.counts() == sender.expected(), 60), region.counts()
    code, verdict = region.audit("--region", address(other), "--wait", "60")
    assert (code, verdict["findings"], verdict["regions"][0]["gaps"]) == (0, [], []), verdict
    assert verdict["counted"] == len(sender.sent)


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
