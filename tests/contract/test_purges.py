"""What a purge does to a store, in memory and in Postgres."""

import pytest
import stored_rows as rows
from msgspec.structs import replace
from stores import BOTH, runner

from argus_streams.adapters.holdings import PostgresHoldings
from argus_streams.core.messages import Group, Version
from argus_streams.core.purged import Gone, Mark, Place
from argus_streams.ports import GroupQuery

MARK = Mark(rows.NOON, rows.NOON + 1_000, 3, 8)


@pytest.fixture(params=BOTH)
def run(request):
    return runner(request, lambda store: store, PostgresHoldings)


def gone(kind="groups", name="v1:9f2c", mark=MARK, project="shop"):
    return Gone(kind, project, name, 0, mark)


async def versions(reader, *fingerprints):
    keys = [(project, each) for project in ("shop", "mall") for each in fingerprints or ("v1:9f2c",)]
    return {key: stored.version for key, stored in (await reader.stored_groups(keys, 0)).items()}


def test_a_group_is_taken_back_with_its_hours_and_its_neighbours_stay(run):
    async def scenario(store, reader):
        others = [rows.a_group(project="mall"), rows.a_group(fingerprint="v1:bb")]
        await store.write([rows.a_group(version=Version(3, 8)), *others])
        await store.purge([gone(), gone(name="")])
        assert await versions(reader, "v1:9f2c", "v1:bb") == {
            ("mall", "v1:9f2c"): Version(1, 1),
            ("shop", "v1:bb"): Version(1, 1),
        }
        await store.write([rows.a_group(version=Version(3, 9), hours={rows.HOUR: 1}, count=1)])
        (stored,) = (await reader.stored_groups([("shop", "v1:9f2c")], 0)).values()
        assert stored.hours == {rows.HOUR: 1}

    run(scenario)


def test_a_later_version_stays(run):
    async def scenario(store, reader):
        await store.write([rows.a_group(version=Version(3, 9))])
        await store.purge([gone(), gone(name="")])
        assert await versions(reader) == {("shop", "v1:9f2c"): Version(3, 9)}

    run(scenario)


def test_marks_only_go_upwards(run):
    async def scenario(store, reader):
        later, earlier = replace(MARK, epoch=5, asked=rows.NOON + 9), replace(MARK, epoch=2)
        await store.purge([gone(mark=later), gone(mark=earlier), gone("incidents", "", MARK)])
        await store.purge([gone(mark=earlier)])
        wanted = {Place("groups", "shop", 0): later, Place("incidents", "shop", 0): MARK}
        assert (await store.purged({"shop", "mall"}), await reader.purged({"shop"})) == (wanted, wanted)
        assert await store.purged({"mall", "no slug"}) == {}

    run(scenario)


def test_findings_go_on_the_word_about_their_project(run):
    async def scenario(store, reader):
        old = {"version": Version(3, 8)}
        await store.write(
            [rows.an_incident(**old), rows.an_analysis(**old), rows.a_score(**old), rows.a_pattern(**old)]
        )
        kinds = ("incidents", "analyses", "scores", "patterns")
        await store.purge([gone(kind, "") for kind in kinds])
        await store.purge([gone(kind, "") for kind in kinds])  # twice is once
        assert len(await store.purged({"shop"})) == 4
        assert not await reader.stored_groups([("shop", "v1:9f2c")], 0)

    run(scenario)


def test_a_project_that_the_store_does_not_know_is_purged_all_the_same(run):
    async def scenario(store, _):
        await store.purge([gone(project="nobody", name="")])
        assert list(await store.purged({"nobody"})) == [Place("groups", "nobody", 0)]

    run(scenario)


def test_what_is_kept_between_an_order_and_its_execution_goes_with_its_group(run):
    async def scenario(store, reader):
        kept = [rows.a_kept("within", received_at=rows.NOON + 500), rows.a_kept("later", received_at=rows.NOON + 2_000)]
        await store.write([rows.a_group(), *kept])
        await store.purge([gone()])
        asked = [("within", rows.NOON + 500), ("later", rows.NOON + 2_000)]
        assert ("later", rows.NOON + 2_000) not in await reader.lacking_events(asked)

    run(scenario)


def test_groups_are_read_without_those_that_are_gone(run):
    async def scenario(store, reader):
        await store.write([rows.a_group(version=Version(3, 1))])
        await store.purge([gone()])
        if hasattr(reader, "all"):
            assert reader.all(Group) == []
            assert await reader.groups(GroupQuery()) == []

    run(scenario)
