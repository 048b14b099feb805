"""What the reports about an incident and a week tell."""

from msgspec.structs import replace
from stored_rows import HOUR, NOON, a_group, a_score, an_analysis, an_incident

from argus_streams.core.findings import Claim, Member
from argus_streams.core.money import Spending
from argus_streams.core.reports import html, incident, markdown, week
from argus_streams.core.reports.page import shortened
from argus_streams.core.reports.report import report

DAY = 86_400_000
EXPLAINED = an_analysis(subject="i-00000000000000a1", kind="incident")


def of_incident(analyses=(), groups=(), **changes):
    material = incident.Material(incident=an_incident(**changes), analyses=analyses, groups=groups, at=NOON)
    return markdown.written(incident.page(material))


def of_week(**found):
    material = week.Material(project="shop", since=NOON - 6 * DAY, until=NOON + DAY, **found)
    return markdown.written(week.page(material))


def section(document, title):
    return document.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_an_incidents_page_tells_five_things_in_this_order():
    titles = [line for line in of_incident().splitlines() if line.startswith("## ")]
    assert titles == ["## What happened", "## Evidence", "## Cause", "## What was done", "## What it cost"]


def test_what_happened_is_told_by_number_and_in_order():
    told = section(of_incident(severity="fatal"), "What happened")
    for text in (
        "**Severity**: fatal",
        "1 deploy, 1 problem that spiked",
        "**Last signal**: 2025-11-23 12:00:00 UTC, 1 min",
    ):
        assert text in told
    assert told.index("web 1.1") < told.index("TypeError")


def test_symptoms_are_counted_and_not_told_one_by_one():
    first, second = an_incident().members
    told = section(of_incident(members=(first, replace(second, hidden_by="s1"))), "What happened")
    assert "**Symptoms of others of these**: 1" in told
    assert "TypeError" not in told


def test_a_problem_that_comes_back_again_and_again_is_one_problem_and_one_line():
    first, second = an_incident().members
    flaps = tuple(replace(second, signal_id=f"f{n}", kind="group_regressed", at=NOON + n) for n in range(138))
    told = section(of_incident(members=(first, second, *flaps)), "What happened")
    assert "1 problem that came back" in told
    assert told.count("group regressed") == 1
    assert "| 138 |" in told


def test_an_incident_of_thousands_of_signals_is_still_one_page():
    members = tuple(
        Member(signal_id=f"s{n}", kind="group_new", subject=f"v1:{n}", title=f"problem {n}" * 50, at=NOON)
        for n in range(200)
    )
    groups = [a_group(fingerprint=f"v1:{n}", title="t" * 10_000) for n in range(200)]
    told = of_incident(groups=groups, members=members, signals=90_000, links=an_incident().links * 300)
    assert "185 more follow" in told
    assert "of the first 200" in told
    assert len(told.splitlines()) < 90


def test_evidence_tells_links_with_their_facts_the_loudest_problems_and_what_the_rules_found():
    groups = [a_group(fingerprint=f"v1:{n}", title=f"problem {n}", count=n) for n in range(20)]
    told = section(of_incident([EXPLAINED], groups), "Evidence")
    assert "after a deploy | 90% | web 1.1 → TypeError | 1 min apart; service web" in told
    assert told.index("problem 19") < told.index("problem 10")
    assert "problem 9 " not in told
    assert "It fails in cart.add." in told


def test_an_answer_is_told_with_whose_word_it_is():
    told = section(of_incident([EXPLAINED, an_analysis(title="of a group")]), "Cause")
    assert "Carts without a price: Release 1.1 reads a price that old carts do not have." in told
    assert "Said by a model (a-model)" in told
    assert "of a group" not in told
    by_rules = replace(EXPLAINED, by="rules", model=None)
    assert "Said by rules" in section(of_incident([by_rules]), "Cause")


def test_an_answer_that_is_marked_down_says_so_before_anything_else_is_believed():
    strange = Claim(kind="commit", value="deadbeef", grounded=False)
    told = section(of_incident([replace(EXPLAINED, doubt="its commit is unknown", claims=(strange,))]), "Cause")
    assert "**Beware:** this answer is doubtful: its commit is unknown" in told
    assert "**Beware:** the evidence does not name what it names: commit deadbeef" in told


def test_suspects_are_told_with_why_and_who():
    told = section(of_incident(), "Cause")
    assert "deploy: web 1.1 | 2025-11-23 11:59:00 | 90% | It began a minute after" in told
    assert "Changed: src/cart.ts | c0ffee, ana, 1.1" in told
    assert "Nothing points to a cause." in section(of_incident(causes=()), "Cause")


def test_what_was_done_tells_who_decided_what():
    solved = a_group(status="resolved", status_by="ben", status_at=NOON + 1)
    told = section(
        of_incident(groups=[solved], status="resolved", status_by="ana", status_at=NOON, reason="rolled back"),
        "What was done",
    )
    assert "2025-11-23 12:00:00: resolved by ana: rolled back" in told
    assert "resolved by ben: TypeError" in told
    assert "Nobody has decided" in section(of_incident(), "What was done")
    merged = of_incident(status="merged", merged_into="i-b", status_at=NOON)
    assert "merged into i-b by itself" in merged


def test_the_cost_is_that_of_the_incident_and_its_groups():
    told = section(of_incident([EXPLAINED, an_analysis(), an_analysis(by="rules", cost=0)]), "What it cost")
    assert "USD 0.0090 for 2 by a model and 1 by rules alone" in told
    assert "Nothing of it was analysed" in section(of_incident(), "What it cost")


def test_a_week_without_anything_says_so():
    told = of_week()
    for text in (
        "There was no incident",
        "Nothing was counted",
        "nothing to explain",
        "Nobody decided",
        "Nothing was analysed",
    ):
        assert text in told


def test_a_week_counts_what_was_in_it_alone():
    groups = [
        a_group(
            hours={HOUR - 24 * 6 - 1: 100, HOUR - 24 * 6: 2, HOUR + 23: 3, HOUR + 24: 100}, first_seen=NOON - 6 * DAY
        ),
        a_group(fingerprint="v1:b", title="old one", hours={HOUR: 7}, first_seen=NOON - 7 * DAY),
        a_group(fingerprint="v1:c", title="since", hours={HOUR + 30: 7}, first_seen=NOON + DAY),
    ]
    told = of_week(groups=groups)
    assert "**Occurrences**: 12, of 3 problems" in told
    assert "**Problems**: 1 new, 0 came back" in told
    evidence = section(told, "Evidence")
    assert evidence.index("| 7 | old one") < evidence.index("| 5 | TypeError")
    assert "since" not in evidence.replace("since 1970", "")


def test_a_week_lists_its_loudest_incidents_in_order_and_says_how_many_are_left_out():
    incidents = [an_incident(incident=f"i-{n:02}", signals=n, opened_at=NOON - n) for n in range(20)]
    told = section(of_week(incidents=incidents), "What happened")
    assert "20, of which 20 began and 20 are open" in told
    assert "8 smaller ones are left out" in told
    assert told.index("i-19") < told.index("i-08")
    assert "i-07" not in told


def test_a_week_tells_how_its_scores_moved_and_why():
    told = of_week(before=[a_score(value=80.0)], after=[a_score(), a_score(score_type="risk", value=3.0)])
    assert "**Quality**: 82.5 of 100, +2.5 in this week" in told
    assert "**Risk**: 3.0 of 100" in told
    assert "| quality | -17.5 | 3 open errors." in told


def test_a_week_tells_its_causes_and_who_decided():
    incidents = [
        an_incident(status="resolved", status_at=NOON, status_by="ana", reason="rolled back"),
        an_incident(incident="i-b", causes=()),
    ]
    groups = [a_group(status="ignored", status_by="ben", status_at=NOON + 1)]
    told = of_week(incidents=incidents, groups=groups)
    assert "deploy (1); of 1 nothing points to one" in section(told, "Causes")
    assert "| web 1.1 | ana | 1 |" in section(told, "Causes")
    done = section(told, "What was done")
    assert done.index("resolved by ana: rolled back") < done.index("ignored by ben")


def test_a_week_adds_up_what_was_spent():
    spending = [
        Spending(by="model", reason="answered", tier="large", verdict="accepted", analyses=2, cost=1_500_000_000),
        Spending(by="rules", reason="budget_spent", analyses=7, cost=0),
    ]
    told = section(of_week(spending=spending), "What it cost")
    assert "USD 1.50 for the latest analysis of each subject" in told
    assert "| large | answered | accepted | 2 | USD 1.50 |" in told
    assert "| rules | budget\\_spent |  | 7 | USD 0 |" in told


def test_a_report_has_the_same_id_for_the_same_subject_at_the_same_time():
    page = incident.page(incident.Material(incident=an_incident(), at=NOON))
    one = report(page, project="shop", kind="incident", subject="i-1", at=NOON)
    assert one == report(page, project="shop", kind="incident", subject="i-1", at=NOON)
    assert (one.markdown, one.html) == (markdown.written(page), html.written(page))
    others = [("blog", "i-1", NOON), ("shop", "i-2", NOON), ("shop", "i-1", NOON + 1)]
    ids = {report(page, project=p, kind="incident", subject=s, at=at).id for p, s, at in others}
    assert len(ids | {one.id}) == 4


def test_a_text_that_was_cut_shows_it():
    assert shortened("a" * 10, 10) == "a" * 10
    assert shortened("a" * 11, 10) == "a" * 9 + "…"
    assert shortened(" " * 100 + "a", 10) == "…"
