from analysed import dossier, group, incident

from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.core.analysis.joining import Pending, joined
from argus_streams.core.analysis.private import Redactor
from argus_streams.core.analysis.prompt import section
from argus_streams.core.analysis.registry import Ask
from argus_streams.core.scrub import scrubber

REGISTRY = load_registry(None, load_prices(None))
REDACTOR = Redactor(scrubber())


def pending(subject, task="classify", *, about=None, batch=False, **fields):
    about = about or dossier(subject=subject, groups=(group(subject, title=f"problem {subject}", **fields),))
    ask = Ask(task=task, tier=REGISTRY.tasks[task].tier, reason="", batch=batch)
    return Pending(ask=ask, dossier=about, section=section(about, task, registry=REGISTRY, redactor=REDACTOR))


def subjects(calls):
    return sorted(sorted(each.dossier.subject for each in call.subjects) for call in calls)


def test_groups_of_one_service_are_asked_about_in_one_call():
    calls = joined([pending("a"), pending("b", type="KeyError"), pending("c", service="search")], registry=REGISTRY)
    assert subjects(calls) == [["a", "b"], ["c"]]


def test_without_a_service_the_type_relates_and_what_has_nothing_goes_alone():
    bare = {"service": None, "type": None}
    calls = joined(
        [pending("a", service=None), pending("b", service=None), pending("c", **bare), pending("d", **bare)],
        registry=REGISTRY,
    )
    assert subjects(calls) == [["a", "b"], ["c"], ["d"]]


def test_a_call_has_at_most_eight_subjects():
    calls = joined([pending(f"{n:02}") for n in range(20)], registry=REGISTRY)
    assert [len(call.subjects) for call in calls] == [8, 8, 4]


def test_tasks_batches_and_projects_are_not_mixed():
    other = dossier(project="blog", subject="d")
    calls = joined(
        [pending("a"), pending("b", "cause"), pending("c", batch=True), pending("d", about=other)], registry=REGISTRY
    )
    assert subjects(calls) == [["a"], ["b"], ["c"], ["d"]]


def test_an_incident_has_a_call_of_its_own():
    incidents = [dossier(incident=incident(incident=f"i-{n}")) for n in range(3)]
    calls = joined([pending("i", "incident", about=about) for about in incidents], registry=REGISTRY)
    assert [len(call.subjects) for call in calls] == [1, 1, 1]


def test_every_call_keeps_to_the_bound_of_its_task():
    long = [pending(f"{n:02}", "cause", culprit=f"{n}" * 250, first_release="r" * 250) for n in range(12)]
    calls = joined(long, registry=REGISTRY)
    assert all(call.prompt.size() <= REGISTRY.tasks["cause"].max_input_bytes for call in calls)
    assert sum(len(call.subjects) for call in calls) == 12


def test_the_same_subjects_in_another_order_make_the_same_calls():
    all_of_them = [pending(f"{n}") for n in range(5)]
    one, other = joined(all_of_them, registry=REGISTRY), joined(all_of_them[::-1], registry=REGISTRY)
    assert [call.prompt for call in one] == [call.prompt for call in other]
