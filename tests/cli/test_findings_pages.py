"""Incidents, analyses and scores as a person reads them on a terminal."""

import io

import pytest
import stored_rows as rows
from msgspec.structs import replace
from rich.console import Console

from argus_streams.console.findings import analysis_page, incident_page, incidents_table, scores_page
from argus_streams.core.findings import Claim, Fact, Link, Member, Part

OBEYED = "\x1b[31mred\x1b]0;title\x07 \x9b2J \x7f \u202egnirts [/x]"


def printed(what, width=200):
    out = Console(file=io.StringIO(), width=width)
    out.print(what)
    return out.file.getvalue()


def test_nothing_that_others_wrote_is_obeyed_by_the_terminal():
    cause = replace(rows.an_incident().causes[0], title=OBEYED, why=OBEYED, commit=OBEYED, author=OBEYED, link=OBEYED)
    member = Member(signal_id="s", kind="ci", subject=OBEYED, title=OBEYED, at=0, service=OBEYED, environment=OBEYED)
    hidden = replace(member, signal_id="h", hidden_by=OBEYED)
    link = Link(rule=OBEYED, one="s", other="h", window=1, apart=1, score=0.5, facts={OBEYED: OBEYED})
    incident = rows.an_incident(
        title=OBEYED, services=(OBEYED,), environments=(OBEYED,), groups=(OBEYED,), status_by=OBEYED, reason=OBEYED,
        causes=(cause,), members=(member, hidden), links=(link,),
    )  # fmt: skip
    analysis = rows.an_analysis(
        title=OBEYED, summary=OBEYED, doubt=OBEYED, model=OBEYED, provider=OBEYED, reason=OBEYED, verdict="accepted",
        verdict_by=OBEYED, claims=(Claim(kind="file", value=OBEYED, grounded=False),),
        facts=(Fact(name="x", value="x", text=OBEYED),), prompt=OBEYED, subject=OBEYED,
    )  # fmt: skip
    part = Part(factor=OBEYED, value=1.0, weight=1.0, points=1.0, text=OBEYED)
    pages = (
        incidents_table([incident], "1"),
        incident_page(incident, analysis),
        analysis_page(analysis),
        scores_page([rows.a_score(parts=(part,))]),
    )
    for page in pages:
        text = printed(page, 2_000)
        assert not set(text) & set("\x1b\x07\x9b\x7f\u202e")
        assert "␛[31mred␛]0;title␇" in text


def test_symptoms_stand_apart_and_name_the_cause_that_hides_them():
    first, second = rows.an_incident().members
    page = printed(incident_page(rows.an_incident(members=(first, replace(second, hidden_by="s1"))), None))
    signals, _, symptoms = page.partition("Symptoms of these")
    assert "TypeError" not in signals.partition("Its signals")[2]
    assert "TypeError" in symptoms
    assert "because of web 1.1" in symptoms


def test_an_incident_says_how_many_of_its_signals_are_shown():
    assert "Its signals, the first 2" in printed(incident_page(rows.an_incident(signals=900), None))
    assert "Its signals\n" in printed(incident_page(rows.an_incident(), None)).replace(" \n", "\n")


def test_signals_that_repeat_are_one_line():
    first, second = rows.an_incident().members
    again = [replace(second, signal_id=f"again-{n}", at=second.at + n) for n in range(1, 40)]
    page = printed(incident_page(rows.an_incident(members=(first, second, *again)), None))
    assert page.partition("Its signals")[2].partition("Why they belong")[0].count("TypeError") == 1
    assert "40 times" in page


def test_the_strongest_links_are_shown_and_the_others_counted():
    (link, *_) = rows.an_incident().links
    weak = [replace(link, rule=f"weak-{n}", score=0.1) for n in range(20)]
    page = printed(incident_page(rows.an_incident(links=(*weak, replace(link, rule="strong", score=0.9))), None))
    assert page.index("strong") < page.index("weak-0")
    assert "6 weaker ones more" in page


def test_an_incident_says_who_explains_it_and_an_analysis_what_its_code_means():
    analysis = rows.an_analysis(by="rules", reason="too_many_calls", model=None, provider=None, tier=None, prompt=None)
    assert "Said by rules" in printed(incident_page(rows.an_incident(), analysis))
    assert "too_many_calls: the project has made its calls of this minute" in printed(analysis_page(analysis), 200)


def test_what_an_answer_names_without_evidence_is_marked():
    strange = Claim(kind="commit", value="deadbeef", grounded=False)
    page = printed(analysis_page(rows.an_analysis(claims=(strange,), doubt="its commit is unknown")))
    assert "Doubtful: its commit is unknown" in page
    assert "It names what the evidence does not: commit deadbeef" in page


def test_of_what_was_not_analysed_the_reason_is_told():
    bare = rows.an_analysis(
        by="rules", reason="budget_spent", title="", summary="", facts=(), claims=(), cost=0, again_at=86_400_000
    )
    page = printed(analysis_page(bare))
    assert "nothing: budget_spent" in page
    assert "looked at again 1970-01-02 00:00:00" in page
    assert "USD 0" in page


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_no_page_is_wider_than_its_terminal(width):
    for page in (incidents_table([rows.an_incident()], "1 incident"), incident_page(rows.an_incident(), None)):
        assert max(map(len, printed(page, width).splitlines())) <= width
