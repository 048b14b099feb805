"""What every store promises, in memory and in Postgres."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from stored_rows import HOUR, NOON, a_group, a_kept, a_letter

from argus_streams.adapters.database import open_database
from argus_streams.adapters.memory import MemoryStore
from argus_streams.adapters.postgres import PostgresStore
from argus_streams.adapters.reading import PostgresReader
from argus_streams.core.messages import Version
from argus_streams.ports import GroupQuery

ALL = GroupQuery()


@asynccontextmanager
async def in_memory(projects):
    store = MemoryStore(projects)
    yield store, store


def in_postgres(url):
    @asynccontextmanager
    async def opened(projects):
        async with open_database(url) as database:
            for slug in projects or ():
                await PostgresStore(database).write([a_group(project=slug, fingerprint="v1:seed")])
            yield PostgresStore(database, "create" if projects is None else "refuse"), PostgresReader(database)

    return opened


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def run(request):
    """Run a scenario on an empty store."""
    opened = in_memory if request.param == "memory" else in_postgres(request.getfixturevalue("migrated_url"))

    def run(scenario, projects=None):
        async def main():
            async with opened(projects) as (store, reader):
                await scenario(store, reader)

        asyncio.run(main())

    return run


def test_a_group_is_read_as_it_was_written(run):
    group = a_group(
        severity="fatal",
        status="regressed",
        culprit="cart.add",
        platform="javascript",
        service="web",
        closed=1,
        duplicates=2,
        status_at=NOON + 7,
        status_by="ana",
        first_release="1.0",
        last_release="1.1",
        users=41,
        linked="v1:aa",
        apart=("v1:bb", "v1:cc"),
        title='quotes " and \\ and % and {braces} and 🙂',
    )

    async def scenario(store, reader):
        assert await store.write([group]) == []
        assert await reader.groups(ALL) == [group]

    run(scenario)


def test_all_that_a_group_is_linked_with_is_found_also_by_others_and_in_a_circle(run):
    links = {"a": "b", "b": "c", "d": "b", "e": "f", "f": "e", "g": None, "h": "gone"}
    groups = [a_group(fingerprint=f"v1:{name}", linked=other and f"v1:{other}") for name, other in links.items()]
    groups += [a_group(fingerprint="v1:c"), a_group(fingerprint="v1:z", linked="v1:a", project="blog")]

    async def scenario(store, reader):
        assert await store.write(groups) == []
        for asked, found in (("a", "abcd"), ("c", "abcd"), ("e", "ef"), ("g", "g")):
            linked = await reader.linked([("shop", f"v1:{asked}")])
            assert set(linked) == {("shop", f"v1:{name}") for name in found}
        assert len(await reader.linked([("shop", "v1:a"), ("shop", "v1:g")])) == 5
        assert set(await reader.linked([("shop", "v1:h")])) == {("shop", "v1:h"), ("shop", "v1:gone")}
        named = await reader.groups(GroupQuery(fingerprints=("v1:a", "v1:g")))
        assert {each.fingerprint for each in named} == {"v1:a", "v1:g"}

    run(scenario)


def test_an_event_is_read_as_it_was_written(run):
    kept = a_kept(severity="warning", kind="alert", status="firing", service="web", environment="prod", release="1.0")

    async def scenario(store, reader):
        assert await store.write([kept]) == []
        assert await reader.events("shop", "v1:9f2c", 10) == [kept]

    run(scenario)


def test_a_letter_is_read_as_it_was_written_even_of_no_project(run):
    letters = [a_letter(1), a_letter(2, project="No Project", at=NOON - 1, detail="")]

    async def scenario(store, reader):
        assert await store.write(letters) == []
        assert await reader.letters(None, 10) == letters
        assert await reader.letters("shop", 10) == letters[:1]

    run(scenario)


@pytest.mark.parametrize("version", [Version(2, 4), Version(1, 9), Version(2, 5)])
def test_a_version_that_is_not_higher_changes_nothing(run, version):
    stored = a_group(version=Version(2, 5), count=5)

    async def scenario(store, reader):
        await store.write([stored])
        await store.write([replace(stored, version=version, count=4, hours={HOUR: 1})])
        assert await reader.groups(ALL) == [stored]

    run(scenario)


@pytest.mark.parametrize("version", [Version(2, 6), Version(3, 1)])
def test_a_higher_version_replaces_the_group_and_its_counts(run, version):
    higher = a_group(version=version, count=9, status="resolved", hours={HOUR - 1: 1, HOUR: 8})

    async def scenario(store, reader):
        await store.write([a_group(version=Version(2, 5))])
        await store.write([higher])
        assert await reader.groups(ALL) == [higher]

    run(scenario)


def test_of_one_group_in_a_batch_the_highest_version_is_stored(run):
    groups = [a_group(version=Version(1, n), count=n, hours={HOUR: n}) for n in (2, 9, 4)]

    async def scenario(store, reader):
        assert await store.write(groups) == []
        assert await reader.groups(ALL) == [groups[1]]

    run(scenario)


def test_hours_that_a_later_snapshot_no_longer_tells_stay(run):
    async def scenario(store, reader):
        await store.write([a_group(hours={HOUR - 400: 7})])
        await store.write([a_group(version=Version(1, 2), hours={HOUR: 1})])
        (everything,) = await reader.groups(ALL)
        (recent,) = await reader.groups(GroupQuery(since_hour=HOUR - 24))
        assert everything.hours == {HOUR - 400: 7, HOUR: 1}
        assert recent.hours == {HOUR: 1}

    run(scenario)


def test_hours_before_the_window_stay_beside_later_ones_of_their_day(run):
    midnight = NOON // 3_600_000 // 24 * 24
    early = {midnight - 1: 5, midnight: 7, midnight + 3: 2, midnight + 23: 1, midnight + 24: 4}
    late = {midnight + 3: 3, midnight + 4: 1, midnight + 24: 4}

    async def scenario(store, reader):
        await store.write([a_group(hours=early)])
        await store.write([a_group(version=Version(1, 2), hours=late)])
        (everything,) = await reader.groups(ALL)
        (recent,) = await reader.groups(GroupQuery(since_hour=midnight + 4))
        assert everything.hours == early | late
        assert recent.hours == {midnight + 4: 1, midnight + 23: 1, midnight + 24: 4}

    run(scenario)


def test_hours_far_apart_and_before_1970_are_stored(run):
    group = a_group(hours={-25: 1, -24: 2, 0: 3, HOUR: 4})

    async def scenario(store, reader):
        assert await store.write([group]) == []
        assert await reader.groups(GroupQuery(since_hour=-25)) == [group]

    run(scenario)


def test_an_event_told_twice_on_one_day_is_stored_once(run):
    async def scenario(store, reader):
        again = a_kept("e1", message="told again", received_at=NOON + 3_600_000)
        await store.write([a_kept("e1"), again])
        await store.write([again])
        assert await reader.events("shop", "v1:9f2c", 10) == [a_kept("e1")]

    run(scenario)


def test_the_same_event_id_on_another_day_is_another_row(run):
    tomorrow = a_kept("e1", received_at=NOON + 86_400_000)

    async def scenario(store, reader):
        await store.write([a_kept("e1"), tomorrow])
        assert await reader.events("shop", "v1:9f2c", 10) == [tomorrow, a_kept("e1")]

    run(scenario)


def test_a_letter_told_twice_is_stored_once(run):
    async def scenario(store, reader):
        await store.write([a_letter(1), a_letter(1)])
        await store.write([a_letter(1), a_letter(1, stage="group")])
        assert len(await reader.letters(None, 10)) == 2

    run(scenario)


def test_unstorable_rows_alone_are_refused_and_their_neighbours_stored(run):
    groups = [a_group(fingerprint=f"v1:{n}", last_seen=NOON - n) for n in range(9)]
    groups[4] = a_group(fingerprint="v1:4", title="a NUL \0 inside")
    groups[7] = a_group(fingerprint="v1:7", count=2**63)
    events = [a_kept(f"e{n}", received_at=NOON - n) for n in range(5)]
    events[2] = a_kept("e2", tags={"deep": "a NUL \0 inside"})
    letters = [a_letter(1), a_letter(2, detail="\0")]

    async def scenario(store, reader):
        refused = await store.write([*groups, *events, *letters])
        assert [one.row for one in refused] == [groups[4], groups[7], events[2], letters[1]]
        assert {one.reason for one in refused} == {"unstorable value"}
        assert all(one.detail for one in refused)
        assert await reader.groups(ALL) == [*groups[:4], *groups[5:7], groups[8]]
        assert await reader.events("shop", "v1:9f2c", 10) == [*events[:2], *events[3:]]
        assert await reader.letters(None, 10) == letters[:1]

    run(scenario)


def test_a_value_outside_the_language_of_the_columns_is_refused(run):
    async def scenario(store, reader):
        rows = [a_group(fingerprint="v1:a", status="unheard of"), a_group(fingerprint="v1:b", severity="loud")]
        refused = await store.write([*rows, a_group()])
        assert [one.row for one in refused] == rows
        assert await reader.groups(ALL) == [a_group()]

    run(scenario)


def test_half_an_emoji_is_refused_alone(run):
    cut = a_kept("cut", message="\ud83d")

    async def scenario(store, reader):
        refused = await store.write([cut, a_kept("whole")])
        assert [one.row for one in refused] == [cut]
        assert await reader.events("shop", "v1:9f2c", 10) == [a_kept("whole")]

    run(scenario)


@pytest.mark.parametrize("slug", ["Shop", "", "a" * 65, "shop\n", "sh\0p", "söhne"])
def test_rows_of_an_invalid_project_are_refused(run, slug):
    async def scenario(store, reader):
        group, kept = a_group(project=slug), a_kept(project=slug)
        refused = await store.write([group, a_group(), kept])
        assert [(one.row, one.reason) for one in refused] == [(group, "unknown project"), (kept, "unknown project")]
        assert await reader.groups(ALL) == [a_group()]

    run(scenario)


def test_rows_of_an_unknown_project_are_refused_where_projects_are_not_created(run):
    async def scenario(store, reader):
        strange = a_group(project="strange")
        refused = await store.write([strange, a_group()])
        assert [(one.row, one.reason) for one in refused] == [(strange, "unknown project")]
        assert await reader.groups(GroupQuery(project="strange")) == []
        assert await reader.groups(GroupQuery(fingerprint="9f2c")) == [a_group()]

    run(scenario, projects=["shop"])


def test_an_empty_batch_is_no_work(run):
    async def scenario(store, reader):
        assert await store.write([]) == []
        assert await reader.groups(ALL) == []

    run(scenario)


def test_groups_are_found_by_project_status_and_the_beginning_of_their_fingerprint(run):
    groups = [
        a_group(fingerprint="v1:aa1", last_seen=NOON),
        a_group(fingerprint="v1:aa2", last_seen=NOON + 2, status="resolved"),
        a_group(fingerprint="v1:ab1", last_seen=NOON + 1, project="blog"),
        a_group(fingerprint="v2:aa1", last_seen=NOON - 1, status="ignored"),
        a_group(fingerprint="v1:a%_", last_seen=NOON - 2, status="ignored"),
    ]

    async def scenario(store, reader):
        await store.write(groups)

        async def found(**query):
            return [groups.index(group) for group in await reader.groups(GroupQuery(**query))]

        assert await found() == [1, 2, 0, 3, 4]
        assert await found(limit=2) == [1, 2]
        assert await found(project="blog") == [2]
        assert await found(statuses=("open",)) == [2, 0]
        assert await found(statuses=("resolved", "ignored")) == [1, 3, 4]
        assert await found(fingerprint="aa") == [1, 0]
        assert await found(fingerprint="v1:aa2") == [1]
        assert await found(fingerprint="v2:") == [3]
        assert await found(fingerprint="v1:a%") == [4]
        assert await found(project="shop", statuses=("open",), fingerprint="a") == [0]

    run(scenario)
