"""What others wrote to our topics is no evidence: an audit passes over it, whatever it is."""

import json

import pytest
from audits import audited
from worlds import DEAD_TOPICS, TOPICS, World, own, rubbish

from argus_streams.core.letters import OURS

DEEP = b'{"project":' * 10_000
VALUES = (b"", b"null", b"[]", b"\xff\xfe", b'{"project":"\xff"}', b"NaN", b"9" * 400, DEEP, b"[" * 10_000)
NUMBERS = (-1, -(10**30), 2**63, 10**30)


def lived():
    world = World()
    world.publish([own({"message": "a"}), own({"message": "b"}, 7), rubbish(), own({"message": "a"})])
    return world.drain()


def with_number(value, number):
    """The same JSON with each of its whole numbers in turn replaced."""
    if isinstance(value, dict):
        yield from ({**value, name: each} for name in value for each in with_number(value[name], number))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from ([*value[:at], each, *value[at + 1 :]] for each in with_number(inner, number))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield number


@pytest.mark.parametrize("topic", [TOPICS.ledger, TOPICS.normalized, TOPICS.groups, TOPICS.kept, *DEAD_TOPICS])
def test_what_can_not_be_read_changes_nothing(topic):
    world = lived()
    for value in VALUES:
        world.put(topic, 0, key=b"key", value=value)
    world.stored()
    verdict = audited(world)
    assert (verdict.findings, verdict.total.bodies) == ((), 4)


@pytest.mark.parametrize("topic", [TOPICS.ledger, TOPICS.normalized])
@pytest.mark.parametrize("number", NUMBERS)
def test_a_message_of_ours_with_a_number_that_none_can_have_is_not_believed(topic, number):
    world = lived()
    for each in [record for partition in range(2) for record in world.logs[topic, partition]]:
        for changed in with_number(json.loads(each.value), number):
            world.put(topic, each.partition, key=each.key, value=json.dumps(changed).encode())
    assert audited(world).total.bodies == 4


def test_a_ledger_that_speaks_of_more_than_it_holds_is_not_believed():
    world = lived()
    ours = json.loads(world.logs[TOPICS.ledger, 0][0].value)
    for at in ([0], [0, 2**62], [0, 1, 0], [2**40, 1], [0, 10**12]):
        told = {**ours, "runs": [["shop", "normalised", "", 10**12, at]]}
        world.put(TOPICS.ledger, 0, key=b"key", value=json.dumps(told).encode())
    verdict = audited(world)
    assert (verdict.findings, verdict.total.bodies) == ((), 4)


@pytest.mark.parametrize("place", [["t", 0, -5, -1], ["t", 0, 10**30, -1], ["t", 2**31, 0, -1], ["\0", 0, 0, -1]])
def test_a_letter_about_a_place_that_can_not_be_is_none(place):
    world = lived()
    told = [(f"{OURS}reason", b"r"), (f"{OURS}stage", b"group"), (f"{OURS}origins", json.dumps([place]).encode())]
    world.put(DEAD_TOPICS[0], 0, key=None, value=b"", headers=told)
    world.stored()
    assert audited(world).findings == ()


def test_a_group_whose_hours_are_none_counts_nothing():
    world = lived()
    log = world.logs[TOPICS.groups, 0] or world.logs[TOPICS.groups, 1]
    for hours in ("text", {"-1": 1}, {"99999999999999": 1}, [[]]):
        told = {**json.loads(log[0].value), "project": "none", "hours": hours}
        world.put(TOPICS.groups, 0, key=b"key", value=json.dumps(told).encode())
    assert audited(world).total.counted == 3
