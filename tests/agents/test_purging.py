"""A purge as each owner obeys it, over a table in memory: nothing of before is left, whatever arrives when."""

import asyncio
from itertools import permutations

import analyzing
import builders
import healing
import msgspec
import pytest
import stored_rows as rows
from hypothesis import given
from hypothesis import strategies as st
from records import NOW, TOPICS, Answer, Grouping, Record, piece
from test_correlate_agent import Correlating, breakage

from argus_streams.adapters.memory import MemoryStore
from argus_streams.agents.store import StoreAgent
from argus_streams.core import purged
from argus_streams.core.grouping import state
from argus_streams.core.messages import Group, Version
from argus_streams.core.purged import Mark, headers_of
from argus_streams.streaming.agent import State

KEYS = (b"shop:v1:aa", b"shop:v1:bb", b"mall:v1:aa")
SECOND = 1_000


def order(topic, at=NOW, project="shop", key=b"shop:", offset=900):
    record = Record(topic=topic, offset=offset, key=key, value=None, timestamp=at, headers=purged.order(project))
    return piece(record, topic=topic, topic_id=f"{topic}-id")


def seen(key, *offsets, at=NOW, offset=0):
    """A sighting whose occurrences come a second apart."""
    project, _, fingerprint = key.decode().partition(":")
    found = [builders.occurrence(each, received_at=at + n * SECOND) for n, each in enumerate(offsets)]
    whole = builders.event(project=project, message="jane@example.com", received_at=at)
    told = builders.sighting(*found, project=project, fingerprint=fingerprint, event=whole)
    record = Record(offset=offset, key=key, value=msgspec.json.encode(told), headers=())
    return piece(record, topic=TOPICS.normalized, topic_id="normalized-id")


def command(key, action="resolve", at=NOW):
    project, _, fingerprint = key.decode().partition(":")
    told = builders.command(action, project=project, fingerprint=fingerprint)
    record = Record(offset=0, key=key, value=msgspec.json.encode(told), timestamp=at, headers=())
    return piece(record, topic=TOPICS.commands, topic_id="commands-id")


def left(table, project="shop"):
    """The keys of a project that have a value, the marks apart."""
    names = {key for (_, key), value in table.values.items() if value is not None and not key.startswith(purged.PURGES)}
    return {key for key in names if key.startswith((f"{project}:".encode(), f"{project}/".encode()))}


def counted(table):
    found = {key: state.decode(value) for (_, key), value in table.values.items() if value and state.is_group(key)}
    return {key: told.count for key, told in found.items()}


def taken(answer, topic):
    return [record for record in answer.of(topic) if record.value is None]


def test_a_project_leaves_no_group_and_its_neighbour_is_untouched():
    grouping = Grouping()
    grouping.turn(*(seen(key, 0, 1) for key in KEYS))
    answer = grouping.turn(order(TOPICS.commands, NOW + 2 * SECOND))
    assert left(grouping.table) == set()
    assert counted(grouping.table) == {b"mall:v1:aa": 2}
    assert {record.key for record in taken(answer, TOPICS.groups)} == {b"shop:", *KEYS[:2]}


def test_what_comes_later_begins_anew_above_every_version_that_is_gone():
    grouping = Grouping()
    for n in range(3):
        grouping.turn(seen(KEYS[0], n))
    mark = grouping.turn(order(TOPICS.commands)).of(TOPICS.groups)[0]
    (group,) = grouping.turn(seen(KEYS[0], 9, at=NOW + SECOND)).groups()
    known = purged.gone("groups", mark.key, mark.headers, 0).mark
    assert (group.count, group.status) == (1, "open")
    assert group.version > known.version


def test_a_late_sighting_of_before_counts_nothing_and_takes_back_what_a_killed_worker_may_have_told():
    grouping = Grouping()
    grouping.turn(order(TOPICS.commands, NOW + SECOND))
    answer = grouping.turn(seen(KEYS[0], 0))
    assert (counted(grouping.table), [r.key for r in taken(answer, TOPICS.groups)]) == ({}, [KEYS[0]])
    assert answer.totals(1).counted == 0
    assert [run.outcome for record in answer.ledger() for run in record.runs] == ["purged"]


def test_of_a_sighting_that_lies_on_both_sides_the_later_part_counts_and_says_nothing_of_the_earlier():
    grouping = Grouping()
    grouping.turn(order(TOPICS.commands, NOW))
    answer = grouping.turn(seen(KEYS[0], 0, 1, 2))
    (group,) = answer.groups()
    assert (group.count, group.title, group.type) == (2, "ValueError", "ValueError")
    assert not answer.kept()
    assert b"jane" not in b"".join(record.value or b"" for record in answer.records)


def test_what_was_decided_before_is_forgotten_and_decides_nothing_after():
    grouping = Grouping()
    grouping.turn(order(TOPICS.commands, NOW + SECOND), command(KEYS[0], at=NOW))
    (group,) = grouping.turn(seen(KEYS[0], 0, at=NOW + 2 * SECOND)).groups()
    assert (group.status, group.status_by) == ("open", None)


@given(st.permutations(range(6)), st.integers(0, 5))
def test_the_order_in_which_a_purge_and_old_sightings_arrive_does_not_matter(places, cut):
    """Once a purge is known, all that is at or before its time is gone, and all after it is counted."""
    grouping = Grouping(clock=lambda: NOW + cut * SECOND)
    older = [n for n in places if n <= cut]
    for n in older[: len(older) // 2]:
        grouping.turn(seen(KEYS[n % 2], n, at=NOW + n * SECOND))
    grouping.turn(order(TOPICS.commands, NOW + cut * SECOND))
    rest = [n for n in places if n > cut] + older[len(older) // 2 :]
    for n in rest:  # each origin partition is one sighting here: their order is free
        told = seen(KEYS[n % 2], n, at=NOW + n * SECOND)
        value = msgspec.json.decode(told.records[0].value)
        value["partition"] = n
        grouping.turn(told._replace(records=[told.records[0]._replace(value=msgspec.json.encode(value))]))
    assert sum(counted(grouping.table).values()) == 5 - cut


def test_the_same_purge_again_and_an_earlier_one_change_nothing():
    grouping = Grouping()
    grouping.turn(seen(KEYS[0], 0))
    grouping.turn(order(TOPICS.commands, NOW + SECOND))
    grouping.turn(seen(KEYS[0], 1, at=NOW + 2 * SECOND))
    before = dict(grouping.table.values)
    for at in (NOW + SECOND, NOW):
        again = grouping.turn(order(TOPICS.commands, at))
        assert [record.key for record in again.records] == [b"shop:"], "the word is told again, nothing else"
    assert left(grouping.table) == {KEYS[0]}
    assert grouping.table.values[0, KEYS[0]] == before[0, KEYS[0]]


@pytest.mark.parametrize("kept", range(5))
def test_a_purge_that_was_cut_off_at_any_change_is_carried_out_by_the_same_mark(kept):
    grouping = Grouping()
    grouping.turn(*(seen(key, 0, at=NOW + 3 * SECOND) for key in KEYS))
    state = State(grouping.table)
    asyncio.run(grouping.agent.turn([order(TOPICS.commands)], state))
    grouping.table.keep(dict(list(state.changes().items())[:kept]))
    grouping.turn(seen(KEYS[1], 1, at=NOW + 4 * SECOND))  # it is read before the order is read again
    grouping.turn(order(TOPICS.commands))
    fresh = {KEYS[1]: 1} if kept else {}  # before anything was kept there was no purge: it takes all that was counted
    assert counted(grouping.table) == {KEYS[2]: 1, **fresh}
    grouping.turn(seen(KEYS[0], 1, at=NOW + 2 * SECOND))
    assert counted(grouping.table) == {KEYS[2]: 1, **fresh}


def test_a_body_of_next_century_moves_no_purge():
    grouping = Grouping(clock=lambda: NOW + 5 * SECOND)
    grouping.turn(seen(KEYS[0], 0, at=NOW + 10**12))
    grouping.turn(order(TOPICS.commands, NOW))
    (group,) = grouping.turn(seen(KEYS[0], 1, at=NOW + 6 * SECOND)).groups()
    assert group.count == 1


@pytest.mark.parametrize("slug", ["", "Shop", "shop/x", "../shop", "shop:v1", "\u00e9", "x" * 65])
def test_a_purge_of_what_is_no_slug_is_a_letter(slug):
    grouping = Grouping()
    grouping.turn(seen(KEYS[0], 0))
    ((letter, _),) = grouping.turn(order(TOPICS.commands, project=slug)).letters()
    assert (letter.reason, counted(grouping.table)) == ("bad project", {KEYS[0]: 1})


def test_a_purge_takes_incidents_scores_and_what_was_seen():
    correlating = Correlating()
    told = correlating.hear(*breakage())
    correlating.hear(*breakage(project="mall"), key=b"mall")
    before = {at: value for at, value in correlating.table.values.items() if b"mall" in at[1]}
    correlating.now += 10 * 60 * SECOND
    answer = correlating.turn(order(TOPICS.incident_commands, correlating.now, key=b"shop"))
    gone = {record.key.decode() for record in (*taken(answer, TOPICS.correlated), *taken(answer, TOPICS.scores))}
    assert gone == {"shop:", f"shop:{told.incidents()[0].incident}", "shop:quality", "shop:risk"}
    assert left(correlating.table) == {b"shop/quality"}, "how often its scores were told, and nothing else"
    assert len(correlating.table.values[0, b"shop/quality"]) < 40
    assert correlating.hear(*breakage()).records == [], "late signals of before are passed over"
    assert {at: value for at, value in correlating.table.values.items() if b"mall" in at[1]} == before
    (again,) = correlating.hear(*breakage(at=30)).incidents()
    mark = purged.gone("incidents", b"shop:", taken(answer, TOPICS.correlated)[0].headers, 0).mark
    assert again.version > mark.version


def test_a_purge_takes_repairs_and_later_ones_have_later_versions():
    healed = healing.Healing()
    (pattern,) = healed.hear(healing.outcome(1)).patterns()
    answer = healed.turn(order(TOPICS.heal_commands, NOW + SECOND, key=b"shop"))
    assert {record.key for record in taken(answer, TOPICS.patterns)} >= {
        b"shop:",
        f"shop:{pattern.fingerprint}".encode(),
    }
    assert left(healed.table) == {b"shop/told"}
    assert healed.hear(healing.outcome(1), healing.command("pin"), at=NOW).patterns() == []
    (again,) = healed.hear(healing.outcome(2), at=NOW + 2 * SECOND).patterns()
    assert (again.successes, again.version > pattern.version) == (1, True)


@analyzing.scenario
async def test_a_purge_takes_analyses_and_what_waits_but_not_what_was_spent():
    worker = analyzing.Analyzing(analyzing.Scripted("anthropic"))
    await worker.turn(analyzing.asked(analyzing.request(), analyzing.request("v1:bb")))
    await worker.turns()
    spent = worker.account().spent
    assert len(worker.told()) == 2
    answer = await worker.turn(order(TOPICS.feedback, NOW + SECOND, key=b"shop"))
    assert {record.key for record in taken(answer, TOPICS.analyses)} == {b"shop:", b"shop:v1:aa", b"shop:v1:bb"}
    assert left(worker.table) == set()
    assert (worker.account().spent, worker.account().queue) == (spent, {})
    worker.records = []
    await worker.turn(analyzing.asked(analyzing.request(evidence="e2")))
    await worker.turns()
    assert worker.told() == [], "a late request of before"
    await worker.turn(analyzing.asked(analyzing.request(at=NOW + 2 * SECOND, evidence="e3")))
    await worker.turns()
    (told,) = worker.told()
    assert told.version > Version(5, 1)


def groups(*records):
    return piece(*records, topic=TOPICS.groups, topic_id="groups-id")


def snapshot(group, offset=0):
    key = f"{group.project}:{group.fingerprint}".encode()
    return Record(offset=offset, key=key, value=msgspec.json.encode(group), headers=())


def back(name, mark, offset=0):
    return Record(offset=offset, key=f"shop:{name}".encode(), value=None, headers=headers_of(mark))


OLD, FRESH = rows.a_group(version=Version(3, 7)), rows.a_group(version=Version(3, 9), count=1)
MARK = Mark(rows.NOON, rows.NOON + SECOND, 3, 8)
TOLD = [snapshot(OLD), back("", MARK), back("v1:9f2c", MARK), snapshot(FRESH)]


@pytest.mark.parametrize("told", [TOLD, *list(permutations(TOLD))[::5], [*TOLD, snapshot(OLD), *TOLD[1:3]]])
def test_whatever_is_read_late_or_again_the_row_is_that_of_after_the_purge(told):
    async def scenario(turns):
        store = MemoryStore()
        for records in turns:
            await StoreAgent(TOPICS, store).turn([groups(*records)])
        return store.all(Group)

    assert asyncio.run(scenario([told])) == [FRESH]
    assert asyncio.run(scenario([[each] for each in told])) == [FRESH]


def test_kept_events_letters_and_decisions_of_before_are_not_stored_again():
    store = MemoryStore()
    agent = StoreAgent(TOPICS, store)
    kept = [rows.a_kept("old", received_at=rows.NOON), rows.a_kept("new", received_at=rows.NOON + 2 * SECOND)]
    records = [Record(offset=n, value=msgspec.json.encode(each), headers=()) for n, each in enumerate(kept)]
    asyncio.run(agent.turn([groups(back("", MARK))]))
    asyncio.run(agent.turn([piece(*records, topic=TOPICS.kept, topic_id="kept-id")]))
    assert [row.event.event_id for row in store.rows.values()] == ["new"]


def test_a_record_without_a_value_that_is_none_of_ours_is_a_letter():
    answer = Answer(
        list(asyncio.run(StoreAgent(TOPICS, MemoryStore()).turn([groups(Record(value=None, headers=()))])).records)
    )
    assert len(answer.letters()) == 1
