"""What no test can plant into a real part, and the bounds between verdicts."""

import pytest
from facts import (
    HEALTHY,
    MIB,
    TODAY,
    cluster,
    database,
    folder,
    grant,
    group,
    layout,
    member,
    partition,
    place,
    postgres,
    told,
    variables,
)

from argus_streams.core.doctor.checks import NAMES
from argus_streams.core.doctor.cluster import Refusal, Server
from argus_streams.core.doctor.database import (
    Connections,
    Generation,
    Letters,
    Migrations,
    Partitions,
    Refused,
    Tables,
)
from argus_streams.core.doctor.finding import Finding, Unseen
from argus_streams.core.doctor.judging import judge, misconfigured, worst
from argus_streams.core.doctor.machine import Ahead, Machine, Redis, Skew, Worker
from argus_streams.core.doctor.topics import Together
from argus_streams.core.doctor.variables import Complaint
from argus_streams.core.topology import Drift, Refuse, Weak

WRONG, WARNING, UNKNOWN = "wrong", "warning", "unknown"


def test_a_deployment_that_lacks_nothing_has_one_fine_finding_a_check_in_the_order_of_the_table():
    findings = judge(HEALTHY)
    assert [each.check for each in findings] == list(NAMES)
    assert {each.verdict for each in findings} == {"fine"}
    assert worst(findings) == "fine"


def test_the_worst_verdict_counts_and_only_a_wrong_setting_is_a_misconfiguration():
    some = (Finding("lag", UNKNOWN, ""), Finding("settings", WARNING, ""))
    assert (worst(some), misconfigured(some)) == (WARNING, False)
    assert worst((*some, Finding("lag", WRONG, ""))) == WRONG
    assert misconfigured((Finding("files", WRONG, ""),))
    assert not misconfigured((Finding("lag", WRONG, ""),))


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ({"cluster": cluster(brokers=("a",))}, ("kafka", WARNING), "1 broker"),
        ({"cluster": cluster(replication=5)}, ("kafka", WRONG), "ARGUS_TOPIC_REPLICATION is 5"),
        ({"cluster": cluster(ids=False)}, ("kafka", WRONG), "older than 2.8"),
        ({"cluster": cluster(grants=(grant(None),))}, ("access", WRONG), "lacks Describe on topic in"),
        ({"cluster": cluster(grants=(grant(("Read",)),))}, ("access", WRONG), "lacks Write on topic in"),
        ({"layout": layout(partitions=(partition(leader=None),))}, ("replicas", WRONG), "without a leader: in/0"),
        ({"layout": layout(partitions=(partition(in_sync=(1, 2)),))}, ("replicas", WARNING), "behind, on broker 3"),
        ({"layout": layout(quorum={"in": 4})}, ("replicas", WRONG), "nobody can write"),
        ({"layout": layout(quorum={"in": 1})}, ("replicas", WARNING), "one broker's word"),
        ({"layout": layout(foreign=("old",))}, ("inputs", WRONG), "ARGUS_INPUTS names old"),
        ({"layout": layout(mirrored=("eu.in",))}, ("inputs", WRONG), "nothing is mirrored"),
        ({"decisions": (Refuse("in", "no"),)}, ("topics", WRONG), "in: no"),
        ({"decisions": (Drift("in", "a", "1", "2", "a is 1"),)}, ("topics", WRONG), "a is 1"),
        ({"groups": {"correlate": group(members=())}}, ("groups", WARNING), "no worker of correlate"),
        ({"groups": {"correlate": group(state="PREPARING_REBALANCING")}}, ("groups", WARNING), "preparing rebalancing"),
        ({"groups": {"correlate": group(members=(member(owns=()),))}}, ("groups", WRONG), "without an owner: in/0"),
        ({"groups": {"correlate": group(members=(member(), member("kafka-ui")))}}, ("groups", WRONG), "kafka-ui"),
        ({"groups": {"correlate": group(members=(member(), member("faust-1")))}}, ("groups", WARNING), "versions"),
        ({"groups": {"correlate": group(now=(place(committed=3),))}}, ("lag", WARNING), "nothing was committed"),
        ({"groups": {"correlate": group(now=(place(topic_id="old"),))}}, ("positions", WRONG), "made anew"),
        ({"groups": {"correlate": group(now=(place(state_id="old"),))}}, ("positions", WRONG), "will not start"),
        ({"groups": {"correlate": group(ids={"in": "id"})}}, ("positions", WRONG), "changes is gone"),
        ({"groups": {"correlate": group(now=(place(first=12, end=12),))}}, ("retention", WRONG), "2 records that are"),
        ({"database": database(server=postgres(version=140002))}, ("postgres", WRONG), "15 or later"),
        ({"database": database(server=postgres(tls=False))}, ("postgres", WARNING), "without TLS"),
        ({"database": database(migrations=Migrations({"1": "a"}, ()))}, ("migrations", WRONG), "1 a"),
        ({"database": database(migrations=Migrations({"1": "a"}, ("1",), ("2",)))}, ("migrations", WRONG), "newer"),
        ({"database": database(generations=())}, ("generations", WRONG), "no generation with the schema"),
        (
            {"database": database(generations=(Generation("argus_live", "live", ready=False),))},
            ("generations", WRONG),
            "not ready",
        ),
        ({"database": database(partitions=Partitions(TODAY, (TODAY,), 0))}, ("partitions", WRONG), "2026-11-29"),
        ({"database": database(partitions=Partitions(TODAY, (), 0))}, ("partitions", WRONG), "2026-11-28, 2026"),
        (
            {"database": database(tables=Tables({"INSERT": ("a.b",)}, (), (), ()))},
            ("privileges", WRONG),
            "INSERT on a.b",
        ),
        ({"database": database(tables=Tables({}, (), ("a.b",), ()))}, ("privileges", WRONG), "hides rows of a.b"),
        ({"database": database(tables=Tables({}, ("a.b",), (), ()))}, ("privileges", WARNING), "does not own a.b"),
        ({"database": database(tables=Tables({}, (), (), ("a.b",)))}, ("row security", WRONG), "off on a.b"),
        ({"database": database(connections=Connections(90, 97))}, ("connections", WARNING), "90 of 97"),
        ({"database": database(letters=Letters({"bug": 2}))}, ("letters", WRONG), "2 letters"),
        ({"database": database(letters=Unseen("denied"))}, ("letters", UNKNOWN), "denied"),
        ({"clocks": (Skew(whose="Kafka", least=5_001, most=5_100),)}, ("clock", WRONG), "ahead of"),
        ({"clocks": (Skew(whose="Kafka", least=-5_100, most=-5_001),)}, ("clock", WRONG), "behind"),
        ({"clocks": (Skew(whose="Kafka", least=-2_100, most=-2_001),)}, ("clock", WARNING), "2.0 s behind"),
        ({"clocks": (Ahead(whose="Kafka", least=6_000),)}, ("clock", WRONG), "at least 6.0 s ahead"),
        ({"clocks": (Ahead(whose="Kafka", least=-60_000),)}, ("clock", UNKNOWN), "can not be read"),
        ({"folder": folder(complaint="full")}, ("state folder", WRONG), "full"),
        ({"folder": folder(free=10 * MIB)}, ("state folder", WRONG), "10 MiB are free"),
        ({"folder": folder(free=300 * MIB, used=400 * MIB)}, ("state folder", WARNING), "compaction"),
        ({"folder": folder(free_inodes=0)}, ("state folder", WRONG), "no inode"),
        ({"folder": folder(disk="tmpfs")}, ("state folder", WARNING), "tmpfs"),
        ({"machine": Machine(versions={}, memory=100 * MIB)}, ("machine", WARNING), "100 MiB"),
        ({"machine": Machine(versions={}, files=256)}, ("machine", WARNING), "256 files"),
        ({"machine": Machine(versions={}, complaints=("too old",))}, ("machine", WRONG), "too old"),
        ({"redis": Unseen("away")}, ("redis", WRONG), "away"),
        (
            {"redis": Redis(version="8", policy="noeviction", most=10, used=10, evicted=0)},
            ("redis", WARNING),
            "new answers are refused",
        ),
        ({"workers": (Worker(url="u", complaint="refused"),)}, ("workers", WRONG), "refused"),
        ({"workers": (Worker(url="u", obstacles=("recovering state",)),)}, ("workers", WARNING), "recovering"),
        ({"workers": (Worker(url="u", obstacles=("holding: x",)),)}, ("workers", WRONG), "holding: x"),
        ({"variables": variables(missing=("DATABASE_URL",))}, ("settings", WRONG), "DATABASE_URL is not set"),
        ({"variables": variables(strangers=("ARGUS_X",))}, ("settings", WARNING), "ARGUS_X"),
        ({"variables": variables(keyless=("no key",))}, ("models", WARNING), "no key"),
        ({"variables": variables(complaints=(Complaint("files", "A: no"),))}, ("files", WRONG), "A: no"),
    ],
)
def test_one_fact_that_is_off_is_one_finding_with_what_mends_it(change, key, words):
    found = told(**change)
    assert list(found) == [key]
    assert words in found[key].what
    assert found[key].mend or key[1] == UNKNOWN


def test_a_partition_ahead_and_strays_beside_it_are_two_findings():
    assert set(told(database=database(partitions=Partitions(TODAY, (), 3)))) == {
        ("partitions", WRONG),
        ("partitions", WARNING),
    }


def test_what_depends_on_what_is_away_is_unknown_and_all_else_is_looked_at():
    found = told(
        cluster=Refusal("away", "gone"),
        decisions=Unseen("not asked"),
        layout=Unseen("not asked"),
        groups={"store": Unseen("not asked")},
        database=Unseen("hangs"),
    )
    assert found.pop(("kafka", WRONG)).mend
    assert {verdict for _, verdict in found} == {UNKNOWN}
    assert not {"servers", "settings", "redis", "clock"} & {check for check, _ in found}


def test_a_login_that_postgres_refuses_is_a_setting_to_correct():
    found = told(database=Refused("password authentication failed", setting=True))
    assert found["postgres", WRONG].mend == "correct DATABASE_URL"


def test_a_cluster_that_was_not_asked_is_unknown():
    assert set(told(cluster=Unseen("not asked"))) == {("kafka", UNKNOWN), ("access", UNKNOWN)}


def test_one_of_several_servers_away_is_a_warning_and_all_are_wrong():
    one = (Server("a:9092"), Server("b:9092", "refused"))
    assert told(servers=one)["servers", WARNING].subjects == ("b:9092",)
    assert ("servers", WRONG) in told(servers=one[1:])


def test_a_permission_on_many_topics_is_one_command_with_what_their_names_have_in_common():
    grants = tuple(grant(("Read",), name=f"argus.{name}") for name in "abcd")
    mend = told(cluster=cluster(grants=grants))["access", WRONG].mend
    assert mend.endswith("--operation Write --resource-pattern-type prefixed --topic argus.")
    assert not told(cluster=cluster(grants=(grant(("All",)),)))
    assert "--cluster" in told(cluster=cluster(grants=(grant(("Read",), kind="cluster"),)))["access", WRONG].mend


def test_replicas_that_only_a_person_can_move_are_no_drift():
    assert not told(decisions=(Weak("in", "has 1 replica(s) of 3"),))


def test_unequal_counts_name_the_odd_topic_first():
    partitions = (partition(), partition(topic="b"), partition(topic="c"), partition(topic="c", number=1))
    found = told(layout=layout(partitions=partitions, together=(Together("heal", ("in", "b", "c")),)))
    assert "c has 2, in has 1" in found["co-partitioning", WRONG].what


def test_lag_that_shrinks_is_fine_and_lag_that_grows_is_told_with_its_rate():
    some = group(before=(place(end=100, committed=10),), now=(place(end=100, committed=60),))
    assert not told(groups={"correlate": some})
    grows = group(before=(place(end=100, committed=10),), now=(place(end=300, committed=60),))
    assert "75 more a second, though 25 a second are read" in told(groups={"correlate": grows})["lag", WARNING].what


def test_records_near_the_end_of_their_retention_are_counted():
    found = told(groups={"correlate": group(before=(place(committed=1),), now=(place(committed=2, aged=7),))})
    assert found["retention", WARNING].what.startswith("5 records")


def test_a_folder_that_a_member_holds_is_fine_and_one_that_nobody_of_the_group_holds_is_not():
    held = folder(held={"changes": 42})
    assert not told(folder=held)
    found = told(folder=held, groups={"correlate": group(members=())})
    assert "held by process 42" in found["state folder", WRONG].what


def test_a_generation_that_is_made_beside_the_live_one_is_fine():
    both = (Generation("argus_live", "live", ready=True), Generation("argus_next", "building", ready=True))
    assert not told(database=database(schema="argus_next", generations=both))
    assert ("generations", WRONG) in told(
        database=database(generations=(Generation("argus_live", "retired", ready=True),))
    )


def test_without_a_folder_and_a_redis_nothing_is_wrong():
    assert not told(folder=None, redis=None, servers=(), workers=(), groups={"correlate": group()})


def test_names_beyond_the_third_are_counted():
    refused = tuple(Refuse(f"t{number}", "no") for number in range(5))
    found = told(decisions=refused)["topics", WRONG]
    assert "t0, t1, t2 and 2 more: no" in found.what
    assert len(found.subjects) == 5


def test_other_variables_that_look_like_a_missing_one_are_named():
    found = told(variables=variables(missing=("DATABASE_URL",), given=("DATABASE_URI",)))
    assert found["settings", WRONG].mend == "rename DATABASE_URI to DATABASE_URL"
    misspelt = told(variables=variables(strangers=("ARGUS_TOPIC_PREFX",)))
    assert misspelt["settings", WRONG].mend == "rename it to ARGUS_TOPIC_PREFIX"
    assert not told(
        variables=variables(strangers=("ARGUS_PORT", "ARGUS_SERVICE_HOST"), inputs=2, providers=("bedrock",))
    )
