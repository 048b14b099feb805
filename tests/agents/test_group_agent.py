import asyncio
import json

import builders
import msgspec
import pytest
from records import NOW, TOPICS, Grouping, Record, piece

from argus_streams.adapters.bursts import load_bursts
from argus_streams.agents.group import GroupAgent
from argus_streams.agents.remembered import Remembered
from argus_streams.core.events import Origin
from argus_streams.core.generations.seed import projects
from argus_streams.core.grouping import state
from argus_streams.core.grouping.keeping import everything
from argus_streams.core.grouping.spike import BUCKET, Bursts, Limits
from argus_streams.errors import Unavailable
from argus_streams.streaming.agent import State
from argus_streams.streaming.state_folder import Damaged

KEY = b"shop:v1:aa"


def told(message, offset=0, key=KEY, **fields):
    value = message if message is None or isinstance(message, bytes) else msgspec.json.encode(message)
    return Record(offset=offset, key=key, value=value, headers=(), **fields)


def seen(*records, **fields):
    return piece(*records, topic=TOPICS.normalized, topic_id="normalized-id", **fields)


def commands(*records, **fields):
    return piece(*records, topic=TOPICS.commands, topic_id="commands-id", **fields)


def sighting(*offsets, **fields):
    occurrences = (builders.occurrence(offset) for offset in offsets or (0,))
    return builders.sighting(*occurrences, **fields)


def test_a_touched_group_leaves_one_snapshot_a_turn_however_many_sightings_it_had():
    answer = Grouping().turn(seen(told(sighting(0, 1)), told(sighting(2), 1), told(sighting(3), 2)))
    (group,) = answer.groups()
    assert (group.count, group.project, group.fingerprint) == (4, "shop", "v1:aa")
    assert answer.of(TOPICS.groups)[0].key == KEY
    assert answer.totals(4).counted == 4


def test_the_state_lives_from_turn_to_turn():
    grouping = Grouping()
    grouping.turn(seen(told(sighting(0, 1))))
    (group,) = grouping.turn(seen(told(sighting(2), 1))).groups()
    assert group.count == 3
    assert (group.version.epoch, group.version.writes) == (5, 2)
    assert state.decode(grouping.table.values[0, KEY]).count == 3


def test_a_repeat_leaves_nothing_at_all():
    grouping = Grouping()
    grouping.turn(seen(told(sighting(0, 1))))
    assert grouping.turn(seen(told(sighting(0, 1)))).records == []


def test_what_is_new_in_an_overlap_alone_is_counted_and_told():
    grouping = Grouping()
    grouping.turn(seen(told(sighting(0, 1))))
    answer = grouping.turn(seen(told(sighting(1, 2))))
    assert answer.groups()[0].count == 3
    assert answer.totals(3).counted == 1


def test_the_first_event_of_a_group_is_kept_and_signalled():
    answer = Grouping().turn(seen(told(sighting(0))))
    assert [each.reason for each in answer.kept()] == ["first"]
    assert [each["kind"] for each in answer.signals()] == ["group_new"]


@pytest.mark.parametrize(("since", "replayed"), [(NOW - 1, False), (NOW, False), (NOW + 1, True)])
def test_what_was_there_before_the_generation_is_signalled_as_replayed(since, replayed):
    answer = Grouping(since=since).turn(seen(told(builders.sighting(builders.occurrence(0, received_at=NOW)))))
    assert [each.get("replayed", False) for each in answer.signals()] == [replayed]


def test_of_five_events_those_are_kept_that_double_the_count():
    records = [told(sighting(offset), offset) for offset in range(5)]
    assert [each.event.event_id for each in Grouping().turn(seen(*records)).kept()] == ["event-0"] * 3


def test_every_counted_event_is_kept_where_all_are_wanted():
    records = [
        told(builders.sighting(builders.occurrence(offset), event=builders.event(offset=offset)), offset)
        for offset in range(5)
    ]
    kept = Grouping(keep=everything).turn(seen(*records)).kept()
    assert [(each.event.event_id, each.reason) for each in kept] == [
        ("event-0", "first"), ("event-1", "doubling"), ("event-2", "all"), ("event-3", "doubling"), ("event-4", "all"),
    ]  # fmt: skip


def test_an_event_delivered_again_is_not_kept_where_all_are_wanted():
    twice = (builders.occurrence(0, event_id="same"), builders.occurrence(1, event_id="same"))
    records = [told(builders.sighting(each), number) for number, each in enumerate(twice)]
    answer = Grouping(keep=everything).turn(seen(*records))
    assert len(answer.kept()) == 1
    assert (answer.groups()[0].count, answer.groups()[0].duplicates) == (1, 1)
    assert (answer.totals(2).counted, answer.totals(2).duplicate) == (1, 1)


def test_a_command_decides_and_a_later_occurrence_regresses():
    grouping = Grouping()
    grouping.turn(seen(told(sighting(0))))
    (group,) = grouping.turn(commands(told(builders.command("resolve"), timestamp=NOW + 1))).groups()
    assert (group.status, group.status_by) == ("resolved", "ada")
    later = builders.sighting(builders.occurrence(1, received_at=NOW + 2))
    answer = grouping.turn(seen(told(later, 1)))
    assert answer.groups()[0].status == "regressed"
    assert [each["kind"] for each in answer.signals()] == ["group_regressed"]


def test_a_command_may_come_before_its_group():
    grouping = Grouping()
    answer = grouping.turn(commands(told(builders.command("ignore"), timestamp=NOW)))
    assert answer.groups() == []  # nothing has happened yet that there could be a group of
    assert grouping.turn(seen(told(sighting(0)))).groups()[0].status == "ignored"


def test_a_command_is_known_by_the_id_of_its_topic():
    grouping = Grouping()
    grouping.turn(commands(told(builders.command("resolve"), 4)))
    assert state.decode(grouping.table.values[0, KEY]).decided.origin.topic == "commands-id"


def test_commands_and_sightings_of_one_turn_meet_in_one_snapshot():
    answer = Grouping().turn(commands(told(builders.command(), timestamp=NOW + 1)), seen(told(sighting(0))))
    assert [each.status for each in answer.groups()] == ["resolved"]


def test_a_sighting_of_nothing_changes_nothing():
    assert Grouping().turn(seen(told(msgspec.structs.replace(sighting(0), occurrences=())))).records == []


GOOD = msgspec.json.encode(sighting(1))
BROKEN = {
    "nothing": (b"", "not a sighting"),
    "a tombstone": (None, "not a sighting"),
    "not JSON": (b"{cut", "not a sighting"),
    "not UTF-8": (b'{"project": "\xff"}', "not a sighting"),
    "another message": (msgspec.json.encode(builders.command()), "not a sighting"),
    "deeply nested": (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not a sighting"),
    "half a surrogate pair": (GOOD.replace(b"ValueError", b"\\ud800"), "not a sighting"),
    "another group's": (GOOD.replace(b"v1:aa", b"v1:bb"), "wrong key"),
    "a number that no state holds": (GOOD.replace(b"[[1,0", b"[[" + b"9" * 40 + b",0"), "not a sighting"),
}


@pytest.mark.parametrize(("value", "reason"), BROKEN.values(), ids=BROKEN)
def test_an_unusable_record_is_a_letter_while_its_neighbours_are_counted(value, reason):
    records = (told(sighting(0)), told(value, 1), told(sighting(2), 2))
    answer = Grouping().turn(seen(*records))
    assert answer.groups()[0].count == 2
    ((letter, body),) = answer.letters()
    assert (letter.stage, letter.reason, body) == ("group", reason, value or b"")
    assert letter.origins == (Origin("normalized-id", 0, 1, -1),)
    assert answer.of(TOPICS.normalized + ".dlq")


@pytest.mark.parametrize("value", [b"", b"[]", b'{"action": "explode"}', GOOD])
def test_an_unusable_command_is_a_letter_while_its_neighbours_count(value):
    grouping = Grouping()
    answer = grouping.turn(seen(told(sighting(0))), commands(told(value), told(builders.command("ignore"), 1)))
    assert [letter.reason for letter, _ in answer.letters()] == ["not a command"]
    assert answer.of(TOPICS.commands + ".dlq")
    assert answer.groups()[0].status == "ignored"


@pytest.mark.parametrize("key", [None, b"", b"shop:v1:bb", b"\xff"])
def test_a_record_under_a_wrong_key_is_a_letter(key):
    answer = Grouping().turn(seen(told(sighting(0), key=key), told(sighting(1), 1)))
    assert [letter.reason for letter, _ in answer.letters()] == ["wrong key"]
    assert answer.groups()[0].count == 1


def test_a_state_that_can_not_be_read_is_a_bug_told_as_one():
    grouping = Grouping()
    grouping.table.values[0, KEY] = b"\xc1"
    answer = grouping.turn(seen(told(sighting(0)), told(sighting(0, fingerprint="v1:bb"), 1, key=b"shop:v1:bb")))
    ((letter, _),) = answer.letters()
    assert letter.reason == "bug"
    assert "decode" in letter.detail
    assert [each.fingerprint for each in answer.groups()] == ["v1:bb"]
    assert grouping.table.values[0, KEY] == b"\xc1"


def test_a_table_that_fails_ends_the_turn_and_no_record_becomes_a_letter_for_it():
    class Broken:
        def get(self, _):
            raise Damaged("a block of the database can not be read")

    state = State(Broken())
    with pytest.raises(Damaged):
        asyncio.run(GroupAgent(TOPICS, load_bursts(None)).turn([seen(told(sighting(0)))], state))
    assert state.changes() == {}


def test_a_thousand_bugs_in_a_row_hold():
    grouping = Grouping()
    grouping.table.values[0, KEY] = b"\xc1"
    records = [told(sighting(offset), offset) for offset in range(1000)]
    for _ in range(2):
        with pytest.raises(Unavailable, match="1,000 records in a row failed"):
            grouping.turn(seen(*records))
    assert len(grouping.turn(seen(*records[:999])).letters()) == 999


def test_groups_of_many_partitions_do_not_mix():
    pieces = [seen(told(sighting(0), partition=number), partition=number) for number in range(3)]
    grouping = Grouping()
    answer = grouping.turn(*pieces)
    assert [each.count for each in answer.groups()] == [1, 1, 1]
    assert {at for at in grouping.table.values if state.is_group(at[1])} == {(number, KEY) for number in range(3)}


def test_the_ledger_is_told_by_input_partition_and_algorithm():
    one, other = sighting(0), sighting(5, partition=1, algorithm="v1+ab")
    answer = Grouping().turn(seen(told(one), told(other, 1)))
    assert {(each.partition, each.algorithm) for each in answer.ledger()} == {(0, "v1:0"), (1, "v1+ab")}


def test_what_leaves_is_json_that_readers_of_other_languages_take():
    answer = Grouping().turn(seen(told(sighting(0, 1))))
    assert all(json.loads(record.value) for record in answer.records)


def test_a_command_that_is_too_large_is_a_letter():
    order = builders.command("resolve")
    answer = Grouping().turn(commands(told(msgspec.structs.replace(order, by="x" * 10_000))))
    ((letter, _),) = answer.letters()
    assert letter.reason == "command too large"


def spiking(offset, number=1, **fields):
    return told(sighting(*range(offset, offset + number)), offset, **fields)


BURSTS = Bursts(
    Limits(threshold=10, multiplier=5, cooldown=3_600_000), {"blog": Limits(threshold=3, multiplier=1, cooldown=0)}
)


def kinds(answer):
    return [each["kind"] for each in answer.signals()]


def test_a_burst_is_signalled_by_the_numbers_of_its_project():
    grouping = Grouping(bursts=BURSTS)
    assert kinds(grouping.turn(seen(spiking(0, 9)))) == ["group_new"]
    assert kinds(grouping.turn(seen(spiking(9, 1)))) == ["group_grown", "group_spiking"]
    blog = told(builders.sighting(*map(builders.occurrence, range(3)), project="blog"), key=b"blog:v1:aa")
    assert kinds(grouping.turn(seen(blog))) == ["group_new", "group_spiking"]


def test_a_group_without_a_past_is_compared_with_others_of_its_partition():
    grouping = Grouping(bursts=BURSTS)
    usual = [builders.occurrence(n, received_at=NOW - BUCKET) for n in range(8)]
    other = told(builders.sighting(*usual, fingerprint="v1:bb"), key=b"shop:v1:bb")
    grouping.turn(seen(other))
    assert "group_spiking" not in kinds(grouping.turn(seen(spiking(0, 40))))
    assert "group_spiking" in kinds(grouping.turn(seen(spiking(40, 1))))
    assert "group_spiking" in kinds(grouping.turn(seen(spiking(0, 40, partition=1), partition=1)))


def test_what_a_partition_knows_of_a_project_is_the_sum_of_its_groups():
    grouping = Grouping()
    for offset in range(0, 30, 3):
        key = f"shop:v1:{offset % 4}".encode()
        record = told(
            builders.sighting(*map(builders.occurrence, range(offset, offset + 3)), fingerprint=f"v1:{offset % 4}"),
            offset,
            key,
        )
        grouping.turn(seen(record))
    states = [(key, state.decode(value)) for (_, key), value in grouping.table.values.items() if state.is_group(key)]
    assert projects(states)["shop"].encode() == grouping.table.values[0, b"shop:"]


@pytest.mark.parametrize(
    ("project", "fingerprint"), [("shop", ""), ("shop:v1", "aa"), ("", "agenda"), ("shop/seen", "v1")]
)
def test_nothing_is_written_where_states_of_projects_lie(project, fingerprint):
    message = builders.command(project=project, fingerprint=fingerprint)
    key = f"{message.project}:{message.fingerprint}".encode()
    answer = Grouping().turn(commands(told(message, key=key)))
    assert [letter.reason for letter, _ in answer.letters()] == ["no group"]


def test_a_link_is_told_by_the_groups_snapshot():
    grouping = Grouping()
    grouping.turn(seen(told(sighting(0))))
    (group,) = grouping.turn(commands(told(builders.command("link", other="v1:bb")))).groups()
    assert (group.linked, group.apart, group.count) == ("v1:bb", (), 1)
    (group,) = grouping.turn(commands(told(builders.command("unlink", other="v1:bb"), 1, timestamp=NOW + 1))).groups()
    assert (group.linked, group.apart) == (None, ("v1:bb",))


def test_a_link_with_nobody_is_a_letter():
    answer = Grouping().turn(commands(told(builders.command("link"))))
    assert [letter.reason for letter, _ in answer.letters()] == ["no other group"]


def test_every_later_generation_honours_the_links_that_were_ever_made():
    orders = [told(builders.command("link", other="v1:bb")), told(builders.command("unlink", other="v1:cc"), 1)]
    for earlier in (True, False):  # commands are kept for ever, and a generation may read them before or after
        generation = Grouping()
        pieces = [commands(*orders), seen(told(sighting(0)))]
        answers = [generation.turn(each) for each in (pieces if earlier else pieces[::-1])]
        assert [(each.linked, each.apart) for each in answers[1].groups()] == [("v1:bb", ("v1:cc",))]


def test_users_are_counted_once_whatever_told_them():
    people = [builders.occurrence(n, user=n % 3) for n in range(9)]
    (group,) = Grouping().turn(seen(told(builders.sighting(*people)))).groups()
    assert group.users == 3


def hot(first, number, topic, ids):
    """What one problem does in a second: so many occurrences of an input, with these ids."""
    told_of = [
        builders.occurrence(first + place, event_id=f"d{each}", received_at=NOW)
        for place, each in enumerate(ids, start=0)
    ]
    return told(builders.sighting(*told_of[:number], topic=topic), first)


def test_a_delivery_that_reached_two_regions_counts_once_however_many_came_between():
    grouping = Grouping(remembered=Remembered())
    grouping.turn(seen(hot(0, 1_000, "eu", range(1_000))))
    grouping.turn(seen(hot(0, 3_000, "here", range(5_000, 8_000))))
    (group,) = grouping.turn(seen(hot(3_000, 1_000, "here", range(1_000)))).groups()
    assert (group.count, group.duplicates) == (4_000, 1_000)


def test_where_there_is_one_region_the_latest_ids_alone_are_remembered_and_nothing_more_is_stored():
    grouping = Grouping()
    grouping.turn(seen(hot(0, 1_000, "here", range(1_000))))
    (group,) = grouping.turn(seen(hot(1_000, 1_000, "here", range(1_000)))).groups()
    assert group.count > 1_900
    assert not [key for _, key in grouping.table.values if key.startswith(b":ids")]


def test_a_turn_that_was_dropped_leaves_no_id_behind_by_which_its_events_would_be_duplicates():
    grouping = Grouping(remembered=Remembered())
    record = hot(0, 100, "here", range(100))
    asyncio.run(grouping.agent.turn([seen(record)], State(grouping.table)))  # nothing of it is kept
    (group,) = grouping.turn(seen(record)).groups()
    assert (group.count, group.duplicates) == (100, 0)


def test_a_kill_between_the_writes_of_a_turn_loses_no_event():
    """What is written of a turn is a beginning of it: with any beginning, the same turn again counts all once."""
    written, grouping = State(Grouping().table), Grouping(remembered=Remembered())
    record = hot(0, 50, "here", range(50))
    asyncio.run(grouping.agent.turn([seen(record)], written))
    changes = list(written.changes().items())
    for number in range(len(changes) + 1):
        after = Grouping(remembered=Remembered())
        after.table.keep(dict(changes[:number]))
        after.turn(seen(record))
        assert state_of(after).count == 50


def state_of(grouping):
    return state.decode(grouping.table.values[0, KEY])
