"""What the chart asks for between regions is what the program reads, and what docs/operations/mm2.properties tells."""

import charts
import pytest

from argus_streams.adapters import topics
from argus_streams.agents.wire import Topics
from argus_streams.core.topology import mirrors, targets

PROPERTIES = charts.parts.ROOT / "docs" / "operations" / "mm2.properties"
NOT_THERE = {  # of a process of MirrorMaker's own, and what is a field of Strimzi's
    "clusters", "topics", "groups", "listeners", "dedicated.mode.enable.internal.rest", "tasks.max",
    "sync.group.offsets.enabled", "checkpoints.topic.replication.factor", "heartbeats.topic.replication.factor",
    "emit.heartbeats.enabled", "source.consumer.isolation.level",
}  # fmt: skip


@pytest.fixture(scope="module")
def mirror(rendered):
    (found,) = rendered["two-region"].all("KafkaMirrorMaker2")
    return found["spec"]


def test_mirror_maker_brings_the_inputs_that_are_mirrored_and_nothing_else(mirror):
    (source,) = mirror["mirrors"]
    assert source["source"]["alias"] == "us"
    patterns = source["topicsPattern"].replace("\\", "").split(",")
    assert sorted(patterns) == sorted(Topics.under("argus.").mirrored())


def test_the_chart_and_the_file_of_the_docs_ask_for_the_same(mirror):
    lines = [line.partition(" = ")[::2] for line in PROPERTIES.read_text().splitlines() if " = " in line]
    told = {name.removeprefix("eu.").removeprefix("us."): value for name, value in lines if "->" not in name}
    told = {name: value for name, value in told.items() if not name.startswith(("#", "bootstrap"))}
    (source,) = mirror["mirrors"]
    asked = {
        name: str(value)
        for name, value in {**mirror["target"]["config"], **source["sourceConnector"]["config"]}.items()
    }
    assert asked.pop("exactly.once.support") == "required"
    assert asked == {name: value for name, value in told.items() if name not in NOT_THERE}


def test_workers_read_the_regions_that_are_mirrored_and_those_that_are_named(helm):
    def regions(**values):
        data = helm.rendered(**values).named("ConfigMap", "argus-settings")["data"]
        return data.get("ARGUS_REGIONS")

    sources = {"us": {"bootstrapServers": "us:9092"}}
    assert regions() is None
    assert regions(regions=["us"], mirrorMaker2={"enabled": False}) == "us"
    assert regions(regions=["asia"], mirrorMaker2={"enabled": True, "alias": "eu", "sources": sources}) == "asia,us"


def test_strimzi_makes_the_mirrored_topics_that_argus_would_make(rendered):
    declared = topics.load()
    wanted = targets(declared, prefix="argus.", partitions=64, replication=3)
    expected = {
        each.name: (each.partitions, each.config) for each in mirrors(zip(declared, wanted, strict=True), ["us"])
    }
    asked = {
        each["spec"]["topicName"]: (each["spec"]["partitions"], each["spec"]["config"])
        for each in rendered["two-region"].all("KafkaTopic")
    }
    for name, (partitions, config) in expected.items():
        assert asked[name] == (partitions, config | {"min.insync.replicas": "2"})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sources": {}}, "mirrorMaker2.sources is empty"),
        ({"alias": ""}, "mirrorMaker2.alias is empty"),
        ({"alias": "us"}, "this is the region itself"),
        ({"sources": {"us": {}}}, "mirrorMaker2.sources.us.bootstrapServers is empty"),
        ({"sources": {"US": {"bootstrapServers": "us:9092"}}}, "US"),
    ],
)
def test_a_mirror_that_can_not_be_is_refused_by_its_name(helm, changed, told):
    asked = {"enabled": True, "alias": "eu", "sources": {"us": {"bootstrapServers": "us:9092"}}} | changed
    with pytest.raises(charts.RefusedError, match=told.replace(".", r"\.")):
        helm.rendered(mirrorMaker2=asked)
