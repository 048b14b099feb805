"""Each fact by a story, and the two sentences that are made of them."""

import pytest
from analysed import DAY, cause, dossier, group, incident, kept
from builders import NOW, exception, frame

from argus_streams.core.analysis.analyst import explain
from argus_streams.core.analysis.dossier import Similar
from argus_streams.core.analysis.evidence import Named
from argus_streams.core.findings import Analysis
from argus_streams.core.messages import Version

FRAMES = (
    frame("dispatch", "django.views", file="django/views/generic/base.py", in_app=False),
    frame("pay", "checkout.views", file="checkout/views.py", line=10, in_app=True),
    frame("charge", "checkout.payments", file="checkout/payments.py", line=42, in_app=True),
    frame("request", "requests.api", file="requests/api.py", in_app=False),
)


def told(found, name):
    return next((fact for fact in found.facts if fact.name == name), None)


def events(count, fingerprint="v1:aa", **fields):
    fields = {"exceptions": (exception(frames=FRAMES),), "service": "checkout"} | fields
    return tuple(kept(fingerprint, offset=n, **fields) for n in range(count))


def others(count, **fields):
    return events(count, fingerprint="v1:other", **({"received_at": NOW - DAY} | fields))


def test_the_suspect_is_the_projects_own_frame_nearest_the_crash():
    found = explain(dossier(events=events(3)))
    assert told(found, "suspect_frame").value == "checkout/payments.py:charge"
    assert told(found, "suspect_frame").text == (
        "All stacks that are kept pass through charge (checkout/payments.py:42), "
        "the project's own code nearest the crash."
    )
    assert Named("file", "checkout/payments.py") in found.named


def test_a_frame_that_was_changed_just_before_is_the_suspect():
    of = incident(causes=(cause("push", files=("src/checkout/views.py", "src/checkout/views.css")),))
    deep = (frame("pay", "checkout.views", file="/srv/src/checkout/views.py", in_app=True), *FRAMES[2:])
    found = explain(dossier(incident=of, events=events(3, exceptions=(exception(frames=deep),))))
    assert told(found, "suspect_frame").value == "/srv/src/checkout/views.py:pay"
    assert told(found, "suspect_frame").score == 0.9
    assert "which was changed just before" in told(found, "suspect_frame").text


def test_a_script_is_told_by_its_path_not_by_who_serves_it():
    frames = (frame("renderRow", file="https://cdn.example/assets/app.js", line=3, in_app=True),)
    found = explain(dossier(events=events(3, exceptions=(exception(frames=frames),))))
    assert "renderRow (assets/app.js:3)" in told(found, "suspect_frame").text
    assert "renderRow (assets/app.js:3)" in found.summary


def test_libraries_alone_are_no_suspect():
    of = (exception(frames=(FRAMES[0], FRAMES[3])),)
    assert told(explain(dossier(events=events(3, exceptions=of))), "suspect_frame") is None


def test_the_release_it_began_with_is_bad_if_another_ran_before_without_it():
    about = dossier(groups=(group(first_release="2.4.0"),), others=others(5, release="2.3.9"))
    found = explain(about)
    assert told(found, "first_bad_release").text == "It began with release 2.4.0; release 2.3.9 ran before without it."
    assert Named("release", "2.4.0") in found.named
    assert found.summary.endswith("It began with release 2.4.0; release 2.3.9 ran before without it.")


def test_a_release_that_ran_before_without_the_problem_is_not_bad():
    about = dossier(groups=(group(first_release="2.4.0"),), others=others(5, release="2.4.0"))
    assert told(explain(about), "first_bad_release") is None


@pytest.mark.parametrize("spelling", ["checkout@2.4.0", "v2.4.0"])
def test_a_release_that_another_sender_spells_otherwise_ran_before_all_the_same(spelling):
    about = dossier(groups=(group(first_release="2.4.0"),), others=others(3, release=spelling))
    assert told(explain(about), "first_bad_release") is None


def test_the_release_of_another_service_says_nothing():
    about = dossier(groups=(group(first_release="2.4.0"),), others=others(5, release="7", service="search"))
    assert told(explain(about), "first_bad_release").score < 0.5
    assert Named("release", "2.4.0") not in explain(about).named


def test_the_deploy_before_an_incident_is_its_likely_cause():
    found = explain(dossier(incident=incident(causes=(cause(),)), events=events(2)))
    assert told(found, "deploy").value == "checkout/production 2.4.0"
    assert found.summary.endswith(
        "Most likely the cause is deployed checkout 2.4.0: "
        "first seen 1 minute after this deploy of checkout to production."
    )
    assert found.title == "ValueError: amount is negative in checkout after deployed checkout 2.4.0"
    assert Named("release", "2.4.0") in found.named


def test_the_commit_that_changed_what_fails_goes_before_the_deploy_that_brought_it():
    push = cause("push", title="push by ada", score=0.95, why="it changed checkout/payments.py")
    causes = (cause(score=0.7), push)
    found = explain(dossier(incident=incident(causes=causes)))
    assert told(found, "commit").value == "c0ffee" + "0" * 34
    assert "the cause is push by ada: it changed checkout/payments.py." in found.summary


def test_a_weak_cause_is_a_fact_but_not_the_cause():
    found = explain(dossier(incident=incident(causes=(cause(score=0.3),))))
    assert told(found, "deploy").score == 0.3
    assert found.summary.endswith("Nothing that is known points to a change.")
    assert Named("release", "2.4.0") not in found.named


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"tags": {"browser": "Safari"}}, "browser=Safari"),
        ({"tags": {"tenant_id": "acme"}}, "tenant_id=acme"),
        ({"tags": {"flag.new_cart": "on"}}, "flag.new_cart=on"),
        ({"culprit": "POST /pay"}, "route=POST /pay"),
        ({"host": "web-7"}, "host=web-7"),
        ({"environment": "canary"}, "environment=canary"),
        ({"release": "2.4.0"}, "release=2.4.0"),
    ],
)
def test_what_its_events_have_in_common_and_others_have_not(fields, value):
    rest = {
        "tags": {"browser": "Chrome", "tenant_id": "z", "flag.new_cart": "off"},
        "culprit": "GET /",
        "host": "web-1",
    }
    about = dossier(events=events(8, **fields), others=others(60, **rest, environment="production", release="2.3.9"))
    fact = told(explain(about), "common")
    assert fact.value == value
    assert fact.lift > 50
    assert fact.score > 0.9
    assert fact.text.endswith(f"{value.partition('=')[2]} in 100 % of its events that tell it, in 0 % of the others.")


def test_what_all_have_is_no_peculiarity():
    same = {"environment": "production", "tags": {"browser": "Chrome"}}
    assert told(explain(dossier(events=events(8, **same), others=others(60, **same))), "common") is None


def test_what_makes_a_problem_one_problem_is_no_peculiarity_of_its_events():
    of = group(parts=(("alert", "BackupFailed"), ("alert", "job=nightly")), service="backup", culprit="db-1")
    tags = {"service": "backup", "job": "nightly", "notifier": "pyrollbar"}
    about = dossier(groups=(of,), events=events(8, culprit="db-1", platform="python", tags=tags), others=others(
        60, culprit="web-1", platform="javascript", tags={"service": "cart", "job": "hourly", "notifier": "rollbar.js"}
    ))  # fmt: skip
    assert told(explain(about), "common") is None


def test_two_events_have_nothing_in_common_worth_telling():
    about = dossier(events=events(2, host="web-7"), others=others(60, host="web-1"))
    assert told(explain(about), "common") is None


def test_what_may_be_chance_is_not_told():
    half = others(30, host="web-7")
    about = dossier(events=events(3, host="web-7"), others=(*half, *others(60, host="web-1")))
    assert told(explain(about), "common") is None


def test_what_tells_one_event_from_all_others_is_no_property():
    about = dossier(events=events(8, tags={"request_id": "r"}), others=others(60, tags={"request_id": "s"}))
    assert told(explain(about), "common") is None


def test_a_solved_problem_that_is_like_it_is_told_with_its_end():
    solved = group("v1:old", status="resolved", status_by="ada", title="ValueError: amount is null")
    why = Analysis(project="shop", subject="v1:old", kind="group", version=Version(1, 1), at=0, evidence="", by="rules",
                   reason="answered", summary="The coupon made the amount negative.")  # fmt: skip
    found = explain(dossier(similar=(Similar(solved, why),)))
    assert told(found, "similar").value == "v1:old"
    assert told(found, "similar").text == (
        "It is like 'ValueError: amount is null', which was resolved by ada: The coupon made the amount negative."
    )


def test_a_solved_problem_of_another_type_is_not_like_it():
    solved = group("v1:old", status="resolved", parts=(("type", "KeyError"), ("frame", "checkout.payments:charge")))
    assert told(explain(dossier(similar=(Similar(solved),))), "similar") is None


@pytest.mark.parametrize(
    ("type_", "title", "kind"),
    [
        ("psycopg.OperationalError", "connection to server timed out", "dependency"),
        ("MemoryError", "out of memory", "infrastructure"),
        ("PoolError", "connection pool exhausted", "load"),
        ("PermissionError", "access denied", "configuration"),
        ("JSONDecodeError", "Expecting value", "data"),
        ("TypeError", "x is undefined", "code"),
    ],
)
def test_type_and_words_speak_of_a_kind_of_cause(type_, title, kind):
    assert told(explain(dossier(groups=(group(type=type_, title=title),))), "kind").value == kind


def test_the_first_sentence_tells_what_where_how_often_and_since_when():
    found = explain(dossier(groups=(group(count=1240),), events=events(2)))
    assert found.summary.startswith(
        "ValueError: amount is negative in charge (checkout/payments.py:42) occurred 1,240 times since "
        "2027-01-15 07:00 UTC."
    )
    assert found.title == "ValueError in charge"


def test_an_incident_of_several_groups_is_told_as_one():
    groups = (group(), group("v1:bb", title="KeyError: cart", count=900))
    found = explain(dossier(incident=incident(causes=(cause(),)), groups=groups))
    assert found.title == "KeyError: cart and 1 more in checkout after deployed checkout 2.4.0"
    assert found.summary.startswith(
        "2 problems occurred 920 times since 2027-01-15 07:00 UTC, most often KeyError: cart"
    )


def test_an_incident_without_anything_stored_is_explained():
    found = explain(dossier(incident=incident(groups=()), groups=()))
    assert found.title == "checkout fails in checkout"
    assert found.summary.startswith("checkout fails since 2027-01-15 07:00 UTC. ")


def test_what_events_say_can_not_become_markup():
    evil = "<img src=x onerror=alert(1)> [click](https://evil.example) `x` \u202egnp"
    found = explain(dossier(groups=(group(type=None, title=evil),)))
    for text in (found.title, found.summary):
        assert not set(text) & set("<>`\u202e")
        assert "evil.example" not in text


def test_the_strongest_facts_go_first():
    found = explain(dossier(incident=incident(causes=(cause(),)), events=events(3)))
    scores = [fact.score for fact in found.facts]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
