"""What Kafka does not let us do is declared with what to grant, and goes on by itself once it is granted."""

import pytest
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from fleet import Fleet
from processes import comes_true

from argus_streams.streaming.refusals import AGAIN_SECONDS, Refusals, no_group, no_topic

AUTHORIZER = """
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
"""


def test_what_is_refused_again_and_again_is_tried_ever_more_rarely():
    told = []
    refusals = Refusals(told.append)
    pauses = [refusals.met(TopicAuthorizationFailedError("in")) for _ in range(10)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == AGAIN_SECONDS
    assert set(told) == {"Kafka does not let us read topic in: grant its user READ on the topic"}


def test_each_refusal_is_told_and_none_is_forgotten_before_it_was_tried_again():
    told = []
    refusals = Refusals(told.append)
    refusals.met(GroupAuthorizationFailedError("g"))
    refusals.met(TopicAuthorizationFailedError({"b", "a"}))
    refusals.settle()
    assert told[-1] == (
        "Kafka does not let us into consumer group g: grant its user READ on the group; "
        "Kafka does not let us read topic a, b: grant its user READ on the topic"
    )


@pytest.mark.long
@pytest.mark.kafka
def test_a_worker_that_may_not_read_says_so_lives_on_and_works_once_it_may(new_broker, tmp_path):
    folder = tmp_path / "broker"
    broker = new_broker(folder)
    with (folder / "server.properties").open("a") as properties:
        properties.write(AUTHORIZER)
    broker.restart()
    with Fleet(broker.bootstrap, tmp_path) as fleet:
        fleet.publish(40)
        group, topic = (ResourceType.GROUP, fleet.group), (ResourceType.TOPIC, fleet.input)
        forbid(broker, *group, AclOperation.ALL)
        worker = fleet.start()
        assert comes_true(lambda: says(worker, f"holding: {no_group(fleet.group)}"), 60)
        allow(broker, *group)
        assert comes_true(lambda: worker.ready, 60), worker.log

        forbid(broker, *group)
        assert comes_true(lambda: says(worker, f"refused: {no_group(fleet.group)}"), 60), worker.probe("/readyz")
        forbid(broker, *topic)
        allow(broker, *group)  # a member again, also while it has nothing to commit
        fleet.publish(40)
        assert comes_true(lambda: says(worker, f"refused: {no_topic(fleet.input)}"), 60), worker.probe("/readyz")
        assert worker.probe("/livez")[0] == 200
        allow(broker, *topic)
        assert comes_true(lambda: worker.ready, 60), worker.probe("/readyz")
        assert fleet.drained(60), worker.log
        # What could not be committed is worked on again, and counts once.
        assert fleet.forwarded().keys() == fleet.places()
        assert fleet.counted() == fleet.published()
        assert worker.terminate()[0] == 0


def says(worker, what):
    """Exactly that is refused, and nothing else."""
    status, body = worker.probe("/readyz") or (0, {"obstacles": []})
    return status == 503 and what in body["obstacles"]


def forbid(broker, kind, name, what=AclOperation.READ):
    """One operation; as soon as a rule names something, all that no rule allows is forbidden too."""
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    whose = (kind, name, ResourcePatternType.LITERAL, "User:ANONYMOUS", "*")
    rules = [(AclOperation.ALL, AclPermissionType.ALLOW), (what, AclPermissionType.DENY)]
    for done in admin.create_acls([AclBinding(*whose, *rule) for rule in rules]).values():
        done.result(10)


def allow(broker, kind, name):
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    every = (kind, name, ResourcePatternType.LITERAL, None, None, AclOperation.ANY, AclPermissionType.ANY)
    for done in admin.delete_acls([AclBindingFilter(*every)]).values():
        done.result(10)
