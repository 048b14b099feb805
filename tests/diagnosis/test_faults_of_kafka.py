"""Faults that are planted into a real Kafka: the doctor names each, alone, and what it says mends it."""

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)
from processes import comes_true
from sites import NOWHERE, Patient, Site, unknown, wrong

pytestmark = pytest.mark.kafka

UNASKED = ("access", "topics", "co-partitioning", "replicas", "groups", "lag", "positions", "retention")


@pytest.fixture(scope="module")
def site(guarded, database):
    site = Site.made(guarded[0], database)
    # the first question about a group makes Kafka's own topic of positions, which takes a while
    assert comes_true(lambda: ("groups", "unknown") not in site.ailments(), 20)
    return site


@pytest.fixture
def patient(site):
    return Patient(site)


def test_a_broker_that_is_away_hides_nothing_but_itself(patient):
    away = patient.site.beside(KAFKA_BOOTSTRAP_SERVERS=NOWHERE)
    found = patient.has(*wrong("servers", "kafka"), *unknown(*UNASKED), of=away)
    assert NOWHERE in found["servers"].what
    assert "KAFKA_BOOTSTRAP_SERVERS" in found["kafka"].mend


def test_one_of_two_servers_that_is_away_is_named(patient):
    both = patient.site.beside(
        KAFKA_BOOTSTRAP_SERVERS=f"{patient.site.environment['KAFKA_BOOTSTRAP_SERVERS']},{NOWHERE}"
    )
    found = patient.has(("servers", "warning"), of=both)
    assert found["servers"].subjects == (NOWHERE,)


def test_a_wrong_password_is_told_as_one(patient, guarded):
    other = patient.site.beside(**login(guarded, "wrong"))
    found = patient.has(*wrong("kafka"), *unknown(*UNASKED), of=other)
    assert "ARGUS_KAFKA_SASL_PASSWORD" in found["kafka"].mend
    assert "wrong" not in found["kafka"].what.split()
    patient.recovers(of=patient.site.beside(**login(guarded, "right")))


def test_permissions_that_are_missing_are_named_with_the_command_that_gives_them(patient, guarded):
    user, ledger = patient.site.beside(**login(guarded, "right")), patient.site.topics.ledger
    group = patient.site.settings.topic_prefix + "store"
    patient.recovers(of=user)
    allow(patient.site, ResourceType.TOPIC, ledger, AclOperation.READ)
    allow(patient.site, ResourceType.GROUP, group, AclOperation.DESCRIBE)
    assert comes_true(lambda: ("access", "wrong") in user.ailments(), 10)
    found = patient.has(*wrong("access"), *unknown("topics"), of=user)
    told = user.ailments()["access", "wrong"]
    assert [(each.subjects, each.what.split()[4]) for each in told] == [((group,), "Read"), ((ledger,), "Write")]
    assert f"--allow-principal User:argus --operation Read --group {group}" in found["access"].mend
    allow(patient.site, ResourceType.TOPIC, ledger, AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS)
    allow(patient.site, ResourceType.GROUP, group, AclOperation.READ)
    assert comes_true(lambda: ("access", "wrong") not in user.ailments(), 10)
    patient.recovers(of=user)
    everything = AclBindingFilter(
        ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
    )
    patient.site.admin.delete_acls([everything])[everything].result()


def test_a_missing_topic_is_made_by_what_the_doctor_says(patient):
    patient.site.drop(patient.site.topics.analyses)
    found = patient.has(*wrong("topics"))
    assert found["topics"].subjects == (patient.site.topics.analyses,)
    mended(patient, found["topics"])


def test_a_setting_that_drifted_is_corrected_by_what_the_doctor_says(patient):
    patient.site.set(patient.site.topics.ledger, "retention.ms", "3600000")
    found = patient.has(*wrong("topics"))
    assert "retention.ms is 3600000" in found["topics"].what
    mended(patient, found["topics"])


def test_a_topic_with_another_number_of_partitions_is_wrong_though_nothing_shares_its_state(patient):
    patient.site.make(patient.site.topics.analyses, 3)
    found = patient.has(*wrong("topics"))
    assert "it has 3 partitions and 2 are asked for" in found["topics"].what
    assert "ARGUS_TOPIC_PARTITIONS" in found["topics"].mend
    anew(patient, patient.site.topics.analyses)


def test_topics_of_one_state_with_unequal_partitions_are_told_with_the_role_that_can_not_start(patient):
    commands = patient.site.topics.commands
    patient.site.make(commands, 3)
    found = patient.has(*wrong("topics", "co-partitioning"))
    assert found["co-partitioning"].what.startswith("correlate does not start")
    assert f"{commands} has 3" in found["co-partitioning"].what
    anew(patient, commands)


def test_a_topic_that_was_made_anew_voids_the_positions_in_the_old_one(patient):
    kept = patient.site.topics.kept
    old = patient.site.id_of(kept)
    anew(patient, kept)
    patient.site.commit("store", kept, 3, topic_id=old)  # Kafka forgets a topic's positions; a commit may come later
    found = patient.has(*wrong("positions"))
    assert f"{kept} was deleted and made anew" in found["positions"].what
    assert "argus worker store" in found["positions"].mend
    patient.site.commit("store", kept, 0)
    patient.recovers()


def test_a_changelog_that_is_gone_is_told_before_and_after_it_is_made_anew(patient):
    failed, changelog = patient.site.topics.failed, patient.site.topics.heal_changelog
    patient.site.commit("heal", failed, 0, state=patient.site.id_of(changelog))
    patient.recovers()
    patient.site.drop(changelog)
    found = patient.has(*wrong("topics", "positions"))
    assert f"{changelog} is gone" in found["positions"].what
    assert "A changelog that is gone" in found["positions"].mend
    assert patient.site.argus("topics", "apply").exit_code == 0
    assert "was made anew" in patient.has(*wrong("positions"))["positions"].what
    patient.site.commit("heal", failed, 0, state=patient.site.id_of(changelog))
    patient.recovers()


def test_records_that_wait_for_a_role_of_which_nothing_runs_are_counted(patient):
    incoming = patient.site.topics.incoming
    patient.site.publish(incoming, 7)
    found = patient.has(*wrong("groups"))
    assert "no worker of normalize" in found["groups"].what
    assert "7 records wait" in found["groups"].what
    assert "argus worker normalize" in found["groups"].mend
    patient.site.commit("normalize", incoming, 7)
    patient.recovers()


def test_records_that_retention_took_before_they_were_read_are_counted(patient):
    failed = patient.site.topics.failed
    patient.site.publish(failed, 9)
    patient.site.commit("heal", failed, 4, state=patient.site.id_of(patient.site.topics.heal_changelog))
    patient.site.forget(failed, 9)
    found = patient.has(*wrong("retention"))
    assert "5 records that are gone" in found["retention"].what
    assert "argus audit" in found["retention"].mend
    patient.site.commit("heal", failed, 9, state=patient.site.id_of(patient.site.topics.heal_changelog))
    patient.recovers()


def test_a_topic_of_others_that_is_not_there_is_named(patient):
    other = patient.site.beside(ARGUS_INPUTS="old-errors=sentry:shop")
    assert patient.has(*wrong("inputs"), of=other)["inputs"].subjects == ("old-errors",)


def mended(patient, finding):
    """Run what the finding says."""
    program, *arguments = finding.mend.split()
    assert program == "argus"
    assert patient.site.argus(*arguments).exit_code == 0
    assert comes_true(lambda: not [key for key in patient.site.ailments() if key[1] == "wrong"], 10)
    patient.recovers()


def anew(patient, topic):
    """Delete a topic and let `argus topics apply` make it."""
    patient.site.drop(topic)
    assert patient.site.argus("topics", "apply").exit_code == 0
    patient.recovers()


def login(guarded, password):
    return {
        "KAFKA_BOOTSTRAP_SERVERS": guarded[1],
        "ARGUS_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "ARGUS_KAFKA_SASL_MECHANISM": "PLAIN",
        "ARGUS_KAFKA_SASL_USERNAME": "argus",
        "ARGUS_KAFKA_SASL_PASSWORD": password,
    }


def allow(site, kind, name, *operations):
    """Nothing but these, from then on."""
    for operation in operations:
        binding = AclBinding(
            kind, name, ResourcePatternType.LITERAL, "User:argus", "*", operation, AclPermissionType.ALLOW
        )
        site.admin.create_acls([binding])[binding].result()
