"""Rollbar: which way round its chains stand, what opens and closes, what is told twice."""

import json

import pytest

from argus_streams.core.events import Event, Ignored, Rejected
from argus_streams.core.grouping.fingerprint import fingerprint
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.rollbar import SOURCE

FRAME = {"filename": "/srv/app/checkout/pay.py", "lineno": 7, "method": "charge"}
ITEM = {
    "id": 9,
    "environment": "production",
    "level": 40,
    "title": "Declined: no",
    "last_activated_timestamp": 1795166072,
}


def read(told):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), {}, 0))
    return item


def trace(kind="Declined", message="no", frames=(FRAME,)):
    return {"exception": {"class": kind, "message": message}, "frames": list(frames)}


def occurrence(body=None, **more):
    return {"body": body or {"trace": trace()}, "uuid": "u-1", "timestamp": 1795166072, "language": "python", **more}


def webhook(event, told=None, **more):
    item = {**ITEM, **({"last_occurrence": told} if told else {}), **more}
    return read({"event_name": event, "data": {"item": item, "url": "https://rollbar.example.com/items/9/"}})


def test_a_chain_is_turned_round_and_its_frames_are_not():
    entry = {**FRAME, "filename": "views.py", "method": "submit"}
    body = {"trace_chain": [trace("Declined", "no", (entry, FRAME)), trace("ResetError", "reset")]}
    item = webhook("new_item", occurrence(body))
    assert [one.type for one in item.exceptions] == ["ResetError", "Declined"]
    assert [frame.function for frame in item.exceptions[-1].frames] == ["submit", "charge"]
    assert (item.type, item.message) == ("Declined", "no")


def test_a_resolved_item_ends_the_problem_that_the_new_one_began():
    began, ended = webhook("new_item", occurrence()), webhook("resolved_item", occurrence(), status=2)
    assert (began.status, ended.status) == ("firing", "resolved")
    assert fingerprint(began).value == fingerprint(ended).value


def test_a_resolution_is_never_taken_for_one_delivered_before_nor_dated_by_the_occurrence():
    ended = webhook("resolved_item", occurrence())
    assert (ended.vendor_id, ended.occurred_at) == (None, None)


def test_one_occurrence_told_by_several_rules_has_one_id():
    rules = ("new_item", "occurrence", "exp_repeat_item", "reactivated_item")
    assert {webhook(rule, occurrence()).vendor_id for rule in rules} == {"u-1"}


def test_an_item_reopened_by_a_person_is_told_though_its_occurrence_was_before():
    first, again = (webhook("reopened_item", occurrence(), last_activated_timestamp=when) for when in (1, 2))
    assert len({"u-1", first.vendor_id, again.vendor_id}) == 3
    assert first.status == "firing"
    nameless = webhook("reopened_item", occurrence(), last_activated_timestamp=None)
    assert nameless.vendor_id is None, "when is not told: each is one of its own"


def test_an_item_without_occurrence_is_told_by_its_title():
    item = webhook("item_velocity", title="StockError: article 5512", last_occurrence_id=77)
    assert (item.type, item.message, item.vendor_id) == ("StockError", "article 5512", "occurrence:77")
    assert webhook("item_velocity", title="no such thing here").type is None


@pytest.mark.parametrize(
    ("level", "severity"), [("critical", "fatal"), (50, "fatal"), (30, "warning"), ("info", "info"), (10, "debug")]
)
def test_a_level_is_a_word_or_a_number(level, severity):
    assert webhook("new_item", occurrence(level=level)).severity == severity


def test_without_level_an_exception_is_an_error_and_a_message_is_information():
    assert read({"data": occurrence()}).severity == "error"
    assert read({"data": occurrence({"message": {"body": "slow"}})}).severity == "info"


def test_a_java_class_is_split_as_sentry_splits_it_and_another_dotted_name_is_not():
    body = {"trace": trace("com.acme.pay.Declined", "no", [{"class_name": "com.acme.pay.Card", "method": "charge"}])}
    java, go = (webhook("new_item", occurrence(body, language=language)) for language in ("java", "go"))
    assert (java.exceptions[0].module, java.type) == ("com.acme.pay", "Declined")
    assert java.exceptions[0].frames[0].module == "com.acme.pay.Card"
    assert (go.exceptions[0].module, go.type) == (None, "com.acme.pay.Declined")


@pytest.mark.parametrize("told", [{"language": "go"}, {"language": "c#", "notifier": {"name": "Rollbar.NET"}}])
def test_a_notifier_that_begins_a_stack_with_the_crash_is_turned_round(told):
    body = {"trace": trace("Declined", "no", [{"method": "charge"}, {"method": "main"}])}
    assert [frame.function for frame in webhook("new_item", occurrence(body, **told)).exceptions[0].frames] == [
        "main",
        "charge",
    ]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("{3f2a1c9d}", "*errors.errorString"),
        ("fmt.wrapError", "*fmt.wrapError"),
        ("runtime.boundsError", "runtime.boundsError"),
    ],
)
def test_a_go_error_has_the_type_that_go_prints(told, kind):
    item = webhook("new_item", occurrence({"trace": trace(told, "no", [])}, language="go"))
    assert item.type == kind


def test_the_release_is_that_of_the_code_else_of_the_browser_or_the_server():
    sha = "7C1E0A9D4B52F36880E1D7A5C94B20F3BE6D8172"
    browser = {"client": {"javascript": {"code_version": "5.8.1"}}}
    assert read({"data": occurrence(code_version="2", **browser)}).release == "2"
    assert read({"data": occurrence(**browser)}).release == "5.8.1"
    built = read({"data": occurrence(server={"sha": sha, "branch": "main"})})
    assert (built.release, built.commit, built.branch) == (sha, sha.lower(), "main")


def test_the_senders_own_fingerprint_groups():
    assert read({"data": occurrence(fingerprint="pay")}).fingerprint == ("pay",)


def test_what_rollbars_script_does_not_know_is_not_known():
    item = read({"data": occurrence({"trace": trace("(unknown)", "Script error.", [{"filename": "(unknown)"}])})})
    assert (item.type, item.exceptions[0].frames[0].file) == (None, None)


def test_a_batch_is_read_item_by_item():
    told = [{"data": occurrence()}, {"data": {"body": {}}}, 7]
    items = SOURCE.read(Body(json.dumps(told).encode(), {}, 0))
    assert [type(item) for item in items] == [Event, Rejected, Rejected]


def test_a_deploy_without_status_or_comment_has_a_title_all_the_same():
    signal = read({"event_name": "deploy", "data": {"deploy": {"id": 3, "environment": "staging", "revision": "v2"}}})
    assert (signal.subject, signal.title, signal.commit) == ("staging", "deploy of v2 to staging", None)
    assert signal.vendor_id == "deploy:3"


@pytest.mark.parametrize("event", ["new_version", "test"])
def test_what_tells_no_occurrence_is_ignored(event):
    assert isinstance(read({"event_name": event, "data": {"message": "hello"}}), Ignored)


@pytest.mark.parametrize("told", [{}, {"data": {}}, 3, "text", None])
def test_what_is_neither_webhook_nor_item_is_malformed(told):
    with pytest.raises(Malformed):
        read(told)
