import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from argus_streams.adapters import topics as declared_topics
from argus_streams.core.topology import (
    FREE,
    Create,
    Drift,
    Existing,
    Fine,
    Refuse,
    Target,
    Topic,
    Weak,
    milliseconds,
    mirrors,
    plan,
    targets,
    with_dead_letters,
)

WEEK = "604800000"


def topic(name="events", **changes):
    declared = Topic(
        name=name,
        about="Events.",
        kind="derived",
        key="project",
        key_why="One project stays in order.",
        cleanup="delete",
        retention="7d",
        schema=None,
        producers=("normalize",),
        consumers=(),
    )
    return structs.replace(declared, **changes)


def target(**changes):
    config = {"cleanup.policy": "delete", "retention.ms": WEEK, "message.timestamp.type": "LogAppendTime"}
    wanted = Target(name="argus.events", key="project", partitions=8, follows=None, replication=1, config=config)
    return structs.replace(wanted, **changes)


def existing(of=None, **changes):
    of = of or target()
    defaults = {"min.insync.replicas": "1", "max.message.bytes": "1048588"}
    found = Existing(name=of.name, partitions=of.partitions, replication=of.replication, config=defaults | of.config)
    return structs.replace(found, **changes)


def decide(wanted, found):
    return plan([wanted], {wanted.name: found})


def with_setting(found, **settings):
    renamed = {setting.replace("_", "."): value for setting, value in settings.items()}
    return structs.replace(found, config=found.config | renamed)


def test_a_generations_own_topics_stand_under_its_prefix_beside_the_same_inputs():
    declared = declared_topics.load()
    made = targets(declared, prefix="argus.", partitions=8, replication=1, derived="argus.v2.")
    assert [each.name for each in made] == [
        ("argus." if topic.kind == "input" else "argus.v2.") + topic.name for topic in declared
    ]
    follows = {each.name: each.follows for each in made}
    assert follows["argus.groups.commands"] == follows["argus.v2.groups.changelog"] == "argus.v2.events.normalized"


def test_a_missing_topic_is_created_as_declared():
    assert plan([target()], {}) == (Create("argus.events", target(), "missing; 8 partitions, 1 replica(s)"),)


def test_a_topic_as_declared_is_fine():
    assert decide(target(), existing()) == (Fine("argus.events", "as declared"),)


def test_a_setting_that_drifted_is_told_with_both_values():
    (decision,) = decide(target(), with_setting(existing(), retention_ms="1000"))
    reason = f"retention.ms is 1000, declared is {WEEK}"
    assert decision == Drift("argus.events", "retention.ms", "1000", WEEK, reason)


@pytest.mark.parametrize("longer", ["700000000", "-1"])
def test_a_retention_longer_than_declared_is_left_to_the_operator(longer):
    (decision,) = decide(target(), with_setting(existing(), retention_ms=longer))
    assert decision == Fine("argus.events", f"more than declared, left as it is: retention.ms {longer}")


def test_a_limited_retention_is_less_than_forever():
    forever = target(config=target().config | {"retention.ms": "-1"})
    (decision,) = decide(forever, existing())
    assert (decision.setting, decision.current, decision.should) == ("retention.ms", WEEK, "-1")


@pytest.mark.parametrize(
    ("setting", "value"), [("cleanup.policy", "compact"), ("message.timestamp.type", "CreateTime")]
)
def test_a_setting_that_is_no_amount_has_to_be_exactly_as_declared(setting, value):
    found = existing(config=existing().config | {setting: value})
    assert [(each.setting, each.current) for each in decide(target(), found)] == [(setting, value)]


def test_a_keyed_topic_is_not_grown():
    (decision,) = decide(target(partitions=64), existing())
    assert isinstance(decision, Refuse)
    assert decision.reason == (
        "it has 8 partitions and 64 are asked for, but it is keyed by project, and with more partitions a key's next "
        "records would land apart from its state; ask for 8, or build anew under another prefix"
    )


def test_a_keyed_topic_is_not_shrunk():
    (decision,) = decide(target(), existing(partitions=64))
    assert isinstance(decision, Refuse)
    assert "Kafka can not take partitions away" in decision.reason


def test_a_topic_with_a_free_key_may_grow():
    (decision,) = decide(target(key=FREE, partitions=64), existing())
    assert isinstance(decision, Drift)
    assert (decision.setting, decision.current, decision.should) == ("partitions", "8", "64")


def test_a_topic_with_a_free_key_may_have_grown_by_hand():
    (decision,) = decide(target(key=FREE), existing(partitions=64))
    assert decision == Fine("argus.events", "more than declared, left as it is: 64 partitions")


def test_a_topic_is_not_created_beside_another_whose_partitions_it_can_not_equal():
    follower = target(name="argus.commands", follows="argus.events", partitions=64)
    decisions = plan([target(partitions=64), follower], {"argus.events": existing()})
    assert [type(decision) for decision in decisions] == [Refuse, Refuse]
    assert "argus.events" in decisions[1].reason


def test_two_of_three_replicas_have_to_confirm():
    (decision,) = plan([target(replication=3)], {})
    assert isinstance(decision, Create)
    assert decision.target.config["min.insync.replicas"] == "2"


def test_a_topic_with_three_replicas_of_which_one_confirms_drifted():
    (decision,) = decide(target(replication=3), existing(replication=3))
    assert (decision.setting, decision.current, decision.should) == ("min.insync.replicas", "1", "2")


def test_a_topic_with_fewer_replicas_works_but_is_weak():
    (decision,) = decide(target(replication=3), existing(replication=1))
    assert isinstance(decision, Weak)


def test_a_topic_with_more_replicas_is_fine():
    (decision,) = decide(target(replication=1), with_setting(existing(replication=3), min_insync_replicas="2"))
    assert isinstance(decision, Fine)


@given(
    partitions=st.integers(1, 99),
    replication=st.integers(1, 4),
    retention=st.one_of(st.just("-1"), st.integers(1, 10**12).map(str)),
    key=st.sampled_from([FREE, "project"]),
)
def test_what_is_corrected_needs_no_second_correction(partitions, replication, retention, key):
    wanted = target(key=key)
    found = with_setting(existing(partitions=partitions, replication=replication), retention_ms=retention)
    drifts = [each for each in decide(wanted, found) if isinstance(each, Drift)]
    counts = [int(each.should) for each in drifts if each.setting == "partitions"]
    settings = {each.setting: each.should for each in drifts if each.setting != "partitions"}
    corrected = structs.replace(found, partitions=(counts or [partitions])[0], config=found.config | settings)
    assert not [each for each in decide(wanted, corrected) if isinstance(each, Drift)]


def test_a_topic_that_an_agent_reads_has_a_dead_letter_topic_of_its_own():
    read = topic(consumers=("group",), config={"segment.bytes": 1_048_576})
    (first, letters) = with_dead_letters([read])
    assert first == read
    assert (letters.name, letters.key, letters.partitions, letters.retention) == ("events.dlq", FREE, 8, "30d")
    assert letters.config == {"max.message.bytes": 8_388_608}


@pytest.mark.parametrize(
    "silent", [topic(), topic(kind="changelog", consumers=("group",))], ids=["unread", "changelog"]
)
def test_a_topic_that_can_give_no_letters_has_no_dead_letter_topic(silent):
    assert with_dead_letters([silent]) == (silent,)


def test_a_target_carries_the_prefix_and_the_deployments_partitions():
    (wanted,) = targets([topic()], prefix="argus.", partitions=64, replication=3)
    assert (wanted.name, wanted.partitions, wanted.replication) == ("argus.events", 64, 3)


def test_a_follower_gets_the_partitions_of_the_topic_it_follows():
    (_, follower) = targets(
        [topic(partitions=16), topic("commands", partitions="events")], prefix="a.", partitions=64, replication=1
    )
    assert (follower.partitions, follower.follows) == (16, "a.events")


def test_a_target_is_stamped_with_kafkas_own_time():
    (wanted,) = targets([topic()], prefix="", partitions=1, replication=1)
    expected = {"cleanup.policy": "delete", "retention.ms": WEEK, "message.timestamp.type": "LogAppendTime"}
    assert wanted.config == expected


def test_what_is_kept_for_ever_is_not_ended_by_its_size():
    (wanted,) = targets([topic(retention="forever")], prefix="", partitions=1, replication=1)
    assert (wanted.config["retention.ms"], wanted.config["retention.bytes"]) == ("-1", "-1")


def test_a_compacted_topic_keeps_superseded_records_for_its_lag():
    compacted = topic(cleanup="compact", retention=None, compaction_lag="12h", config={"segment.bytes": 1_048_576})
    (wanted,) = targets([compacted], prefix="", partitions=1, replication=1)
    assert wanted.config == {
        "cleanup.policy": "compact",
        "message.timestamp.type": "LogAppendTime",
        "min.compaction.lag.ms": "43200000",
        "segment.bytes": "1048576",
    }


@pytest.mark.parametrize(("duration", "expected"), [("7d", WEEK), ("12h", "43200000"), ("forever", "-1")])
def test_a_duration_is_told_in_kafkas_terms(duration, expected):
    assert milliseconds(duration) == expected


def test_what_another_region_mirrors_here_keeps_its_times_and_has_as_many_partitions():
    declared, derived = target(), target(name="argus.derived")
    (made,) = mirrors([(topic(mirrored=True), declared), (topic(), derived)], ["eu"])
    assert (made.name, made.region, made.partitions) == ("eu.argus.events", "eu", declared.partitions)
    assert made.config == declared.config | {"message.timestamp.type": "CreateTime"}
    assert mirrors([(topic(mirrored=True), declared)], []) == ()


def test_a_region_with_more_partitions_is_named_with_what_follows_from_it():
    (made,) = mirrors([(topic(mirrored=True), target())], ["eu"])
    (refused,) = decide(made, existing(made, partitions=64))
    assert isinstance(refused, Refuse)
    assert "region eu has 64 partitions where this one has 8" in refused.reason
    assert "ARGUS_TOPIC_PARTITIONS" in refused.reason
