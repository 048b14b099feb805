"""Two releases, in one namespace and on one Kafka and Postgres, do not touch each other."""

import pods
import pytest

from argus_streams import app
from argus_streams.settings import Settings, with_environment

NAMES = ("argus", "shop", "argus-two", "shop-argus-eu")


@pytest.fixture(scope="module")
def releases(helm):
    return [
        helm.rendered(release=name, **{"common.autoscaling.mode": "keda", "networkPolicy.enabled": True})
        for name in NAMES
    ]


def given(chart, role="normalize"):
    variables = pods.environment(chart, pods.container(chart, role), {"argus-database": {"DATABASE_URL": "db"}})
    return with_environment(Settings(), {name: each for name, each in variables.items() if name != "ARGUS_HEALTH_PORT"})


def _pairs(releases):
    return [(one, other) for one in releases for other in releases if one is not other]


def test_no_object_has_a_name_of_the_others(releases):
    for one, other in _pairs(releases):
        assert not {_identity(each) for each in one.documents} & {_identity(each) for each in other.documents}


def _identity(document):
    return document["kind"], document["metadata"]["name"]


def test_nothing_selects_the_pods_of_another(releases):
    for one, other in _pairs(releases):
        labels = [workload["spec"]["template"]["metadata"]["labels"] for workload in other.workloads.values()]
        for selector in _selectors(one):
            assert not any(selector.items() <= each.items() for each in labels)


def _selectors(chart):
    for document in chart.all("Deployment", "StatefulSet", "PodDisruptionBudget"):
        yield document["spec"]["selector"]["matchLabels"]
    yield from (each["spec"]["podSelector"]["matchLabels"] for each in chart.all("NetworkPolicy"))
    yield from (each["spec"]["selector"] for each in chart.all("Service"))


def test_topics_groups_and_tables_are_each_ones_own(releases):
    for one, other in _pairs(releases):
        mine, theirs = given(one), given(other)
        for role in app.ROLES:
            assert app.group_of(mine, role) != app.group_of(theirs, role)
            assert not set(app.inputs(mine, role)) & set(app.inputs(theirs, role))
        assert mine.making().schema != theirs.making().schema


def test_a_release_that_is_called_as_the_program_has_the_programs_own_names(releases):
    assert given(releases[0]).making() == Settings().making()


def test_a_later_generation_stands_beside_the_first_one(helm):
    first = helm.rendered(release="shop", **{"database.schema": "argus_live"})
    values = {"generation": "rules2", "kafka.topicPrefix": "shop-argus.", "database.schema": "argus_live"}
    later = helm.rendered(release="shop-rules2", **values)
    assert given(later).naming() == given(first).naming()
    assert given(later).making() == given(first).naming().of("rules2")
