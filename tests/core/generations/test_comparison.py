import asyncio

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from argus_streams.core.generations.comparison import Row, merged, verdict

ROW = Row(
    project_id="p1", project="shop", fingerprint="v1:aa", title="ValueError", count=3, closed=0, duplicates=1,
    status="open", first_seen=1, last_seen=2, sources={"sentry": 2, "rollbar": 1}, hours={7: 1, 8: 2},
)  # fmt: skip


async def _all(lives, others):
    async def each(rows):
        for row in rows:
            yield row

    return [told async for told in merged(each(lives), each(others))]


def rows(keys):
    return [structs.replace(ROW, project_id=project, fingerprint=name) for project, name in sorted(keys)]


def test_what_both_say_alike_is_the_same():
    told = verdict(ROW, structs.replace(ROW, title="said otherwise"))
    assert (told.verdict, told.differences, told.live, told.other) == ("same", (), 3, 3)


def test_of_hours_and_sources_those_are_told_that_differ():
    told = verdict(ROW, structs.replace(ROW, count=4, hours={7: 1, 8: 3}, sources={"sentry": 2, "github": 2}))
    assert told.verdict == "different"
    assert [(each.field, each.live, each.other) for each in told.differences] == [
        ("count", 3, 4),
        ("sources", {"github": 0, "rollbar": 1}, {"github": 2, "rollbar": 0}),
        ("hours", {8: 2}, {8: 3}),
    ]  # fmt: skip


KEYS = st.sets(st.tuples(st.sampled_from(["p1", "p2"]), st.text("abé", max_size=3)), max_size=12)


@given(KEYS, KEYS)
def test_each_group_of_either_gets_one_verdict_in_order(lives, others):
    told = asyncio.run(_all(rows(lives), rows(others)))
    found = [each.verdict for each in told]
    assert len(told) == len(lives | others)
    assert (found.count("same"), found.count("live only"), found.count("other only")) == (
        len(lives & others), len(lives - others), len(others - lives),
    )  # fmt: skip
