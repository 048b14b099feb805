"""What is gathered about groups that are to be explained, from memory and from Postgres alike."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from stored_rows import HOUR, NOON, a_group, a_kept, an_analysis, an_incident

from argus_streams.adapters.database import open_database
from argus_streams.adapters.findings import PostgresEvidence
from argus_streams.adapters.memory import MemoryStore
from argus_streams.adapters.memory_findings import MemoryFindings
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.core.analysis.dossier import Material, Similar
from argus_streams.core.messages import Version

DAY = 86_400_000
MINE = "v1:9f2c"


@asynccontextmanager
async def in_memory():
    store = MemoryStore()
    yield store, MemoryFindings(store)


def in_postgres(url):
    @asynccontextmanager
    async def opened():
        async with open_database(url) as database:
            yield PostgresStore(database), PostgresEvidence(database)

    return opened


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def opened(request):
    """A store, and the evidence in it."""
    return in_memory if request.param == "memory" else in_postgres(request.getfixturevalue("migrated_url"))


@pytest.fixture
def gather(opened):
    """What is gathered about some groups of the shop, of all these rows."""

    def gather(rows, *fingerprints):
        async def main():
            async with opened() as (store, evidence):
                assert await store.write(rows) == []
                return await evidence.gather("shop", fingerprints or (MINE,))

        return asyncio.run(main())

    return gather


def test_an_incident_is_told_as_it_is_stored_now(opened):
    async def main():
        async with opened() as (store, evidence):
            older, newer = an_incident(version=Version(1, 1)), an_incident(version=Version(1, 2), status="resolved")
            for row in (older, newer, a_group()):
                assert await store.write([row]) == []
            found = [await evidence.incident("shop", each) for each in (newer.incident, "i-ffffffffffffffff")]
            strangers = await evidence.incident("mall", newer.incident)
        assert (found, strangers) == ([newer, None], None)

    asyncio.run(main())


def fingerprints(groups):
    return [group.fingerprint for group in groups]


def ids(events):
    return [kept.event.event_id for kept in events]


def lone(**changes):
    """A group that nothing resembles."""
    return a_group(**{"type": None, "culprit": None, "service": None, "parts": (), "hours": {}} | changes)


def test_of_nothing_that_is_stored_there_is_nothing(gather):
    assert gather([], "v1:none") == Material()
    assert gather([a_group(), a_kept()], "v1:none") == Material()


def test_groups_come_in_the_order_in_which_they_were_asked_for_each_once(gather):
    groups = [lone(fingerprint=f"v1:{n}", last_seen=NOON + n) for n in range(3)]
    found = gather([*groups, lone(fingerprint="v1:0", project="blog")], "v1:1", "v1:none", "v1:0", "v1:1")
    assert list(found.groups) == [groups[1], groups[0]]


def test_a_group_tells_the_hours_of_the_last_eight_days_of_its_events(gather):
    hours = {HOUR - 24 * 8 - 1: 5, HOUR - 24 * 8: 6, HOUR: 7}
    (group,) = gather([lone(hours=hours), a_kept(received_at=NOON)]).groups
    assert group.hours == {HOUR - 24 * 8: 6, HOUR: 7}


def test_of_many_events_the_newest_are_told_and_the_first(gather):
    events = [a_kept(f"e{n:02}", received_at=NOON - n * 60_000) for n in range(30)]
    found = gather([lone(), *events, a_kept("blog", project="blog")])
    assert ids(found.events) == [*(f"e{n:02}" for n in range(19)), "e29"]
    assert found.others == ()


def test_of_few_events_each_is_told_once(gather):
    assert ids(gather([a_kept("one")]).events) == ["one"]
    assert ids(gather([a_kept("two"), a_kept("one", received_at=NOON + 1)]).events) == ["one", "two"]


def test_of_many_groups_each_has_its_newest_event_and_its_first(gather):
    names = [f"v1:{n:03}" for n in range(200)]
    events = [a_kept(f"{name}-{n}", fingerprint=name, received_at=NOON + n) for name in names for n in range(4)]
    found = gather(events, *names)
    assert ids(found.events) == [f"{name}-{n}" for name in names for n in (3, 0)]


def test_other_events_are_of_the_same_days_and_project(gather):
    others = [
        a_kept("same-day", fingerprint="v1:b", received_at=NOON + 3_600_000),
        a_kept("next-day", fingerprint="v1:b", received_at=NOON + DAY),
        a_kept("first-day", fingerprint="v1:c", received_at=NOON - 3 * DAY),
        a_kept("strange", fingerprint="v1:b", project="blog"),
    ]
    found = gather([a_kept("mine"), a_kept("mine-first", received_at=NOON - 3 * DAY), *others])
    assert ids(found.others) == ["first-day", "same-day"]
    assert ids(found.events) == ["mine", "mine-first"]


def test_of_many_other_events_there_is_the_same_sample_each_time(gather):
    others = [a_kept(f"{n:03}", fingerprint="v1:b") for n in range(510)]
    assert ids(gather([a_kept("mine"), *others]).others) == [f"{n:03}" for n in range(500)]


def test_similar_groups_are_resolved_ones_of_the_same_type_culprit_or_service_the_likest_first(gather):
    mine = a_group(type="KeyError", culprit="cart.add", service="web")
    alike = {"type": "KeyError", "culprit": "cart.add", "service": "web"}
    rest = [
        lone(fingerprint="v1:service", status="resolved", service="web", last_seen=NOON + 9),
        lone(fingerprint="v1:all", status="resolved", status_by="ana", status_at=NOON, **alike),
        lone(fingerprint="v1:type", status="resolved", type="KeyError", last_seen=NOON + 1),
        lone(fingerprint="v1:culprit", status="resolved", culprit="cart.add", last_seen=NOON + 2),
        lone(fingerprint="v1:open", status="regressed", **alike),
        lone(fingerprint="v1:strange", status="resolved", type="ValueError"),
        lone(fingerprint="v1:bare", status="resolved"),
        lone(fingerprint="v1:all", status="resolved", project="blog", **alike),
    ]
    explained = an_analysis(subject="v1:all")
    found = gather([mine, *rest, explained, an_analysis(subject="v1:all", project="blog")])
    assert found.similar == (
        Similar(rest[1], explained),
        *(Similar(rest[n]) for n in (3, 2, 0)),
    )


def test_a_group_itself_is_neither_similar_nor_a_candidate(gather):
    found = gather([a_group(status="resolved", type="KeyError")])
    assert (found.similar, found.candidates) == ((), ())


def test_candidates_say_the_same_or_are_of_the_same_type_and_nobody_ignores_them(gather):
    said = (("type", "KeyError"), ("message", "no price of <num>"))
    mine = a_group(type="KeyError", parts=said)
    rest = [
        lone(fingerprint="v1:type", type="KeyError", last_seen=NOON + 9),
        lone(fingerprint="v1:message", parts=said[1:], status="resolved"),
        lone(fingerprint="v1:both", type="KeyError", parts=said),
        lone(fingerprint="v1:ignored", type="KeyError", status="ignored"),
        lone(fingerprint="v1:other", parts=(("type", "no price of <num>"),)),
        lone(fingerprint="v1:service", service="web"),
    ]
    found = gather([mine, *rest])
    assert fingerprints(found.candidates) == ["v1:both", "v1:message", "v1:type"]


def test_of_many_candidates_and_similar_groups_twenty_are_told(gather):
    rest = [lone(fingerprint=f"v1:{n:02}", type="KeyError", status="resolved", last_seen=NOON - n) for n in range(30)]
    found = gather([a_group(type="KeyError"), *rest])
    assert fingerprints(found.candidates) == [f"v1:{n:02}" for n in range(20)]
    assert fingerprints(each.group for each in found.similar) == [f"v1:{n:02}" for n in range(20)]


def test_similar_groups_and_candidates_carry_no_hours(gather):
    other = a_group(fingerprint="v1:b", status="resolved", hours={HOUR: 5})
    found = gather([a_group(), other])
    assert (found.similar[0].group.hours, found.candidates[0].hours) == ({}, {})
