"""Incidents, analyses and scores: what is stored is read as it was told, in memory and in Postgres."""

import pytest
from msgspec.structs import replace
from stored_rows import NOON, a_group, a_score, an_analysis, an_incident
from stores import BOTH, runner

from argus_streams.adapters.findings import PostgresFindings
from argus_streams.adapters.memory_findings import MemoryFindings
from argus_streams.core.messages import Version
from argus_streams.ports import AnalysisQuery, IncidentQuery

MINUTES_5 = 300_000
BARE = {"causes": (), "members": (), "links": (), "groups": (), "services": (), "environments": ()}


@pytest.fixture(params=BOTH)
def run(request):
    """Run a scenario on an empty store."""
    return runner(request, MemoryFindings, PostgresFindings)


def incidents(findings, **query):
    return findings.incidents(IncidentQuery(**query))


def analyses(findings, **query):
    return findings.analyses(AnalysisQuery(**query))


def scores(findings, **query):
    return findings.scores("shop", **query)


READ = [
    (an_incident, incidents),
    (an_analysis, analyses),
    (a_score, scores),
]


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (an_incident(), incidents),
        (
            an_incident(**BARE, status="merged", merged_into="i-b", status_at=NOON, status_by="ana", reason="same"),
            incidents,
        ),
        (an_incident(replayed=True, title='"quotes" \\ and % and {braces} and 🙂'), incidents),
        (an_analysis(), analyses),
        (an_analysis(verdict="rejected", verdict_by="ben", doubt="names no known file", agrees=False), analyses),
        (
            an_analysis(
                by="rules", reason="budget_spent", claims=(), facts=(), tier=None, model=None, tokens={}, cost=0,
                again_at=NOON + 86_400_000,
            ),
            analyses,
        ),
        (a_score(), scores),
        (a_score(score_type="risk", parts=(), value=0.1), scores),
    ],
)  # fmt: skip
def test_a_finding_is_read_as_it_was_told(run, row, read):
    async def scenario(store, findings):
        assert await store.write([row]) == []
        assert await read(findings) == [row]

    run(scenario)


@pytest.mark.parametrize(("made", "read"), READ)
@pytest.mark.parametrize("version", [Version(2, 4), Version(1, 9), Version(2, 5)])
def test_a_version_that_is_not_higher_changes_nothing(run, made, read, version):
    changed = {"value": 1.0} if made is a_score else {"title": "changed"}

    async def scenario(store, findings):
        await store.write([made(version=Version(2, 5))])
        await store.write([made(version=version, **changed)])
        assert await read(findings) == [made(version=Version(2, 5))]

    run(scenario)


@pytest.mark.parametrize(("made", "read"), READ)
@pytest.mark.parametrize("version", [Version(2, 6), Version(3, 1)])
def test_a_higher_version_takes_the_place_of_all_that_was_told(run, made, read, version):
    changes = {
        an_incident: {**BARE, "title": "", "signals": 9, "status": "resolved", "status_at": NOON, "severity": "fatal"},
        an_analysis: {"title": "", "claims": (), "tokens": {}, "cost": 0, "tier": None, "evidence": "h", "by": "rules"},
        a_score: {"value": 3.0, "parts": (), "at": NOON + 1},
    }  # fmt: skip
    higher = made(version=version, **changes[made])

    async def scenario(store, findings):
        await store.write([made(version=Version(2, 5))])
        await store.write([higher])
        assert await read(findings) == [higher]

    run(scenario)


@pytest.mark.parametrize(("made", "read"), READ)
def test_of_several_versions_at_once_the_highest_is_stored(run, made, read):
    rows = [made(version=Version(1, n)) for n in (2, 9, 4)]

    async def scenario(store, findings):
        assert await store.write(rows) == []
        assert await read(findings) == [rows[1]]

    run(scenario)


def test_rows_of_all_kinds_about_one_subject_are_stored_side_by_side(run):
    rows = [a_group(), an_analysis(), an_incident(incident="v1:9f2c"), a_score()]

    async def scenario(store, findings):
        assert await store.write(rows) == []
        assert await analyses(findings) == [rows[1]]
        assert await incidents(findings) == [rows[2]]
        assert await scores(findings) == [rows[3]]

    run(scenario)


def test_of_five_minutes_the_score_of_the_highest_version_is_kept_and_the_latest_is_read(run):
    begin = NOON - NOON % MINUTES_5
    first = [a_score(at=begin + n, version=Version(1, 3 - n), value=float(n)) for n in (0, 1, 2)]
    later = a_score(at=begin + MINUTES_5, version=Version(1, 4), value=9.0)

    async def scenario(store, findings):
        await store.write(first)
        await store.write([later])
        assert await scores(findings) == [later]
        assert await scores(findings, until=begin + MINUTES_5) == [first[0]]
        assert await scores(findings, until=begin) == []

    run(scenario)


def test_the_scores_of_a_project_are_told_quality_first(run):
    risk, quality = a_score(score_type="risk", at=NOON + 1), a_score()

    async def scenario(store, findings):
        await store.write([risk, quality, a_score(project="blog", at=NOON + 2)])
        assert await scores(findings) == [quality, risk]

    run(scenario)


@pytest.mark.parametrize("made", [an_incident, an_analysis, a_score])
def test_what_can_not_be_stored_is_refused_alone(run, made):
    name = "score_type" if made is a_score else "incident" if made is an_incident else "subject"
    bad = [made(project="no slug"), made(**{name: "a NUL \0 inside"}), made(version=Version(2**63, 0), **{name: "x"})]

    async def scenario(store, findings):
        refused = await store.write([*bad, made()])
        assert [one.row for one in refused] == bad
        assert [one.reason for one in refused] == ["unknown project", "unstorable value", "unstorable value"]
        assert [len(await read(findings)) for _, read in READ] == [int(kind is made) for kind, _ in READ]

    run(scenario)


def test_values_outside_the_language_of_the_columns_are_refused(run):
    bad = [
        an_incident(incident="i-1", status="closed"),
        an_incident(incident="i-2", severity="loud"),
        an_analysis(subject="v1:1", by="nobody"),
        an_analysis(subject="v1:2", kind="deploy"),
        an_analysis(subject="v1:3", verdict="hm"),
        a_score(score_type="beauty"),
    ]

    async def scenario(store, _):
        assert [one.row for one in await store.write(bad)] == bad

    run(scenario)


def test_incidents_are_found_by_project_status_id_and_time(run):
    found = [
        an_incident(incident="i-aa1", last_at=NOON),
        an_incident(incident="i-aa2", last_at=NOON + 2, status="resolved"),
        an_incident(incident="i-ab1", last_at=NOON + 1, project="blog"),
        an_incident(incident="i-b", opened_at=NOON - 9_000_000, last_at=NOON - 8_000_000, status="merged"),
    ]

    async def scenario(store, findings):
        await store.write(found)

        async def which(**query):
            return [found.index(each) for each in await incidents(findings, **query)]

        assert await which() == [1, 2, 0, 3]
        assert await which(limit=2) == [1, 2]
        assert await which(project="blog") == [2]
        assert await which(statuses=("open", "merged")) == [2, 0, 3]
        assert await which(incident="i-aa") == [1, 0]
        assert await which(incident="aa1") == [0]
        assert await which(since=NOON) == [1, 2, 0]
        assert await which(until=NOON - 60_000) == [3]
        assert await which(since=NOON + 1, until=NOON) == [1, 2]

    run(scenario)


def test_analyses_are_found_by_project_and_subject(run):
    found = [
        an_analysis(subject="v1:aa1", at=NOON),
        an_analysis(subject="v1:ab1", at=NOON + 1, project="blog"),
        an_analysis(subject="i-aa1", at=NOON + 2, kind="incident"),
        an_analysis(subject="v1:aa1+v1:ab1", at=NOON - 1, kind="merge"),
    ]

    async def scenario(store, findings):
        await store.write(found)

        async def which(**query):
            return [found.index(each) for each in await analyses(findings, **query)]

        assert await which() == [2, 1, 0, 3]
        assert await which(project="shop", limit=1) == [2]
        assert await which(subject="aa") == [2, 0, 3]
        assert await which(subject="v1:ab") == [1]
        assert await which(subject="i-") == [2]
        assert await which(subjects=("v1:aa1", "i-aa1", "v1:none")) == [2, 0]

    run(scenario)


def test_spending_adds_up_what_was_decided_in_a_span_by_kind(run):
    rows = [
        an_analysis(subject="a", cost=3),
        an_analysis(subject="b", cost=4),
        an_analysis(subject="c", cost=9, tier="large", verdict="accepted"),
        an_analysis(subject="d", cost=0, by="rules", reason="budget_spent", tier=None),
        an_analysis(subject="e", cost=50, at=NOON + 10),
        an_analysis(subject="f", cost=50, project="blog"),
    ]

    async def scenario(store, findings):
        await store.write(rows)
        told = await findings.spending("shop", NOON, NOON + 10)
        assert [(each.by, each.reason, each.tier, each.verdict, each.analyses, each.cost) for each in told] == [
            ("model", "answered", "large", "accepted", 1, 9),
            ("model", "answered", "middle", None, 2, 7),
            ("rules", "budget_spent", None, None, 1, 0),
        ]
        assert await findings.spending("shop", NOON + 11, NOON + 12) == []

    run(scenario)


def test_a_sum_beyond_what_one_analysis_can_cost_is_told(run):
    rows = [an_analysis(subject=str(n), cost=2**62) for n in range(4)]

    async def scenario(store, findings):
        await store.write(rows)
        (told,) = await findings.spending("shop", 0, NOON + 1)
        assert told.cost == 2**64

    run(scenario)


def test_a_merged_incident_is_read_with_the_one_that_took_it_over(run):
    taken = an_incident(status="merged", merged_into="i-b", version=Version(1, 2))

    async def scenario(store, findings):
        await store.write([an_incident(), replace(taken, signals=3), an_incident(incident="i-b")])
        (found,) = await incidents(findings, statuses=("merged",))
        assert (found.merged_into, found.signals) == ("i-b", 3)

    run(scenario)
