"""Repairs and the decisions about them: what is stored is read as it was told, in memory and in Postgres."""

import pytest
from msgspec.structs import replace
from stored_rows import NOON, a_decision, a_group, a_pattern
from stores import BOTH, runner

from argus_streams.adapters.memory_repairs import MemoryRepairs
from argus_streams.adapters.repairs import PostgresRepairs
from argus_streams.core.messages import Version
from argus_streams.ports.repairs import DecisionQuery, PatternQuery


@pytest.fixture(params=BOTH)
def run(request):
    """Run a scenario on an empty store."""
    return runner(request, MemoryRepairs, PostgresRepairs)


def patterns(repairs, **query):
    return repairs.patterns(PatternQuery(**query))


def decisions(repairs, **query):
    return repairs.decisions(DecisionQuery(**query))


BARE_PATTERN = {"rule": None, "tests": (), "first_release": None, "last_release": None, "origin": None}
BARE_DECISION = {
    "file": None, "line": None, "healed": None, "source": None, "confidence": 0.0, "pattern": None, "proposals": (),
    "repository": None, "commit": None, "release": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (a_pattern(), patterns),
        (
            a_pattern(
                **BARE_PATTERN, source="pin", standing="vetoed", successes=0, failures=0, confidence=0.0, bound=0.0
            ),
            patterns,
        ),
        (a_pattern(locator='"quotes" \\ and % and {braces} and 🙂', successes=7, failures=0, confidence=1.0), patterns),
        (a_decision(), decisions),
        (a_decision(**BARE_DECISION, verdict="refuse", failure="assertion", replayed=True), decisions),
    ],
)
def test_what_is_known_of_repairs_is_read_as_it_was_told(run, row, read):
    async def scenario(store, repairs):
        assert await store.write([row]) == []
        assert await read(repairs) == [row]

    run(scenario)


@pytest.mark.parametrize("version", [Version(2, 4), Version(1, 9), Version(2, 5)])
def test_a_version_of_a_pattern_that_is_not_higher_changes_nothing(run, version):
    async def scenario(store, repairs):
        await store.write([a_pattern(version=Version(2, 5))])
        await store.write([a_pattern(version=version, standing="pinned")])
        assert await patterns(repairs) == [a_pattern(version=Version(2, 5))]

    run(scenario)


@pytest.mark.parametrize("version", [Version(2, 6), Version(3, 1)])
def test_a_higher_version_of_a_pattern_takes_the_place_of_all_that_was_told(run, version):
    higher = a_pattern(
        **BARE_PATTERN, version=version, standing="suppressed", failures=3, confidence=0.4, last_used_at=NOON + 9
    )

    async def scenario(store, repairs):
        await store.write([a_pattern(version=Version(2, 5))])
        await store.write([higher, replace(higher, version=Version(2, 5), standing="vetoed")])
        assert await patterns(repairs) == [higher]

    run(scenario)


def test_a_decision_that_is_told_again_is_one_row(run):
    async def scenario(store, repairs):
        await store.write([a_decision(), a_decision()])
        await store.write([a_decision(at=NOON + 1), a_decision(decision_id="none-1"), a_decision(project="blog")])
        assert await decisions(repairs, project="shop") == [a_decision(decision_id="none-1"), a_decision()]

    run(scenario)


def test_patterns_are_found_by_project_standing_and_fingerprint(run):
    found = [
        a_pattern(fingerprint="aa1", last_used_at=NOON),
        a_pattern(fingerprint="aa2", last_used_at=NOON + 2, standing="vetoed"),
        a_pattern(fingerprint="ab1", last_used_at=NOON + 1, project="blog"),
    ]

    async def scenario(store, repairs):
        await store.write([*found, a_group()])

        async def which(**query):
            return [found.index(each) for each in await patterns(repairs, **query)]

        assert await which() == [1, 2, 0]
        assert await which(limit=1) == [1]
        assert await which(project="shop") == [1, 0]
        assert await which(standings=("active", "pinned")) == [2, 0]
        assert await which(fingerprint="aa") == [1, 0]

    run(scenario)


def test_decisions_are_found_by_project_verdict_and_time(run):
    found = [
        a_decision(decision_id="a", at=NOON),
        a_decision(decision_id="b", at=NOON + 2, verdict="ask"),
        a_decision(decision_id="c", at=NOON + 1, project="blog"),
    ]

    async def scenario(store, repairs):
        await store.write(found)

        async def which(**query):
            return [found.index(each) for each in await decisions(repairs, **query)]

        assert await which() == [1, 2, 0]
        assert await which(limit=1) == [1]
        assert await which(project="shop", verdicts=("validate", "apply")) == [0]
        assert await which(since=NOON + 1) == [1, 2]
        assert await which(until=NOON + 2) == [2, 0]

    run(scenario)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (a_pattern(project="no slug", fingerprint="a"), "unknown project"),
        (a_pattern(fingerprint="b", locator="a NUL \0"), "unstorable value"),
        (a_pattern(fingerprint="c", version=Version(2**63, 0)), "unstorable value"),
        (a_pattern(fingerprint="d", standing="liked"), "unstorable value"),
        (a_decision(decision_id="a NUL \0"), "unstorable value"),
        (a_decision(decision_id="e", verdict="perhaps"), "unstorable value"),
    ],
)
def test_what_can_not_be_stored_is_refused_alone(run, bad, reason):
    async def scenario(store, repairs):
        refused = await store.write([bad, a_pattern(), a_decision()])
        assert [(one.row, one.reason) for one in refused] == [(bad, reason)]
        assert (await patterns(repairs), await decisions(repairs)) == ([a_pattern()], [a_decision()])

    run(scenario)
