"""What Strimzi and the External Secrets Operator are asked for is what the program needs."""

import charts
import pytest

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.core.topology import Create, plan, targets
from argus_streams.settings import Settings

STRIMZI = {"strimzi": {"cluster": "events", "topics": {"enabled": True}}, "hooks": {"topics": {"enabled": False}}}


def _asked(chart):
    return {
        each["spec"]["topicName"]: (each["spec"]["partitions"], each["spec"]["replicas"], each["spec"]["config"])
        for each in chart.all("KafkaTopic")
    }


def _created(prefix, derived, partitions, replication):
    """What `argus topics apply` makes on an empty cluster."""
    wanted = targets(topics.load(), prefix=prefix, derived=derived, partitions=partitions, replication=replication)
    made = [decision.target for decision in plan(wanted, {}) if isinstance(decision, Create)]
    return {target.name: (target.partitions, target.replication, target.config) for target in made}


@pytest.mark.parametrize(("partitions", "replication"), [(64, 3), (8, 1)])
def test_strimzi_makes_the_topics_that_argus_would_make(helm, partitions, replication):
    kafka = {**charts.GIVEN["kafka"], "partitions": partitions, "replication": replication}
    chart = helm.rendered(**STRIMZI, kafka=kafka, roles={"normalize": {"replicas": 2}})
    assert _asked(chart) == _created("argus.", None, partitions, replication)


def test_a_generations_topics_stand_under_its_own_prefix_and_the_inputs_do_not(helm):
    chart = helm.rendered(
        release="shop",
        **STRIMZI,
        **{"generation": "second", "database.schema": "argus_live"},
        kafka=charts.GIVEN["kafka"],
    )
    assert _asked(chart) == _created("shop-argus.", "shop-argus.second.", 64, 3)


def test_a_topic_outlives_the_release(rendered):
    topics = rendered["strimzi"].all("KafkaTopic")
    assert {each["metadata"]["annotations"]["helm.sh/resource-policy"] for each in topics} == {"keep"}


def test_the_user_may_use_every_topic_and_group_of_the_release_and_none_beside(rendered):
    (user,) = rendered["strimzi"].all("KafkaUser")
    rights = {
        (acl["resource"]["type"], acl["resource"].get("name")): set(acl["operations"])
        for acl in user["spec"]["authorization"]["acls"]
    }
    assert set(rights) == {("topic", "argus."), ("group", "argus."), ("transactionalId", "argus."), ("cluster", None)}
    assert {"Read", "Write", "Describe"} <= rights["topic", "argus."]
    assert all(app.group_of(Settings(), role).startswith("argus.") for role in app.ROLES)


def test_topics_are_not_made_by_two(helm):
    with pytest.raises(charts.RefusedError, match="two would decide about the topics"):
        helm.rendered(strimzi=STRIMZI["strimzi"])


def test_every_secret_that_pods_read_is_looked_up_where_secrets_are_kept(rendered):
    chart = rendered["production"]
    made = {(each["metadata"]["name"], data["secretKey"]) for each in chart.all("ExternalSecret")
            for data in each["spec"]["data"]}  # fmt: skip
    read = {
        (ref["name"], ref["key"])
        for pod in chart.pods.values()
        for container in pod["containers"]
        for variable in container.get("env", ())
        if (ref := variable.get("valueFrom", {}).get("secretKeyRef"))
    }
    assert read
    assert read <= made


def test_a_secret_store_that_is_not_named_is_asked_for(helm):
    with pytest.raises(charts.RefusedError, match=r"externalSecrets\.store\.name is empty"):
        helm.rendered(externalSecrets={"enabled": True, "secrets": {"a": {"b": {"key": "c"}}}})
