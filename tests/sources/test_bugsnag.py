"""Bugsnag: which way round its stacks stand, which triggers tell what, what notifiers post."""

import json

import pytest

from argus_streams.core.events import Ignored, Rejected, Signal
from argus_streams.core.grouping.fingerprint import fingerprint
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.bugsnag import SOURCE

STACK = [
    {
        "file": "app/pay.rb",
        "lineNumber": 7,
        "method": "charge",
        "inProject": True,
        "code": {"6": "def charge", "7": "  raise"},
    },
    {"file": "gems/rack.rb", "lineNumber": 90, "method": "call", "inProject": False},
]
ERROR = {"id": "e1", "errorId": "g1", "exceptionClass": "Declined", "message": "no", "stackTrace": STACK}


def read(told):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), {}, 0))
    return item


def webhook(trigger, error=None, **more):
    told = {"type": trigger} if isinstance(trigger, str) else trigger
    return read({"trigger": told, "project": {"name": "shop"}, "error": error or ERROR, **more})


def posted(exceptions, notifier="", **more):
    event = {"exceptions": exceptions, **more}
    return read({"apiKey": "k", "notifier": {"name": notifier}, "events": [event]})


def test_a_stack_begins_with_the_crash_and_is_turned_round():
    frames = webhook("exception").exceptions[0].frames
    assert [(frame.function, frame.in_app) for frame in frames] == [("call", False), ("charge", True)]
    assert (frames[-1].line, frames[-1].context) == (7, "raise")


def test_older_webhooks_spell_the_stack_and_the_application_otherwise():
    old = {key: value for key, value in ERROR.items() if key != "stackTrace"}
    item = webhook("exception", {**old, "stacktrace": STACK, "appVersion": "1", "releaseStage": "staging"})
    assert (item.release, item.environment, len(item.exceptions[0].frames)) == ("1", "staging", 2)
    new = webhook("exception", {**ERROR, "app": {"version": "2", "releaseStage": "production"}})
    assert (new.release, new.environment) == ("2", "production")


@pytest.mark.parametrize("trigger", ["exception", "firstException", "powerTen", "errorEventFrequency", "reopened"])
def test_one_occurrence_told_by_several_triggers_has_one_id(trigger):
    item = webhook(trigger)
    assert (item.vendor_id, item.status, item.service) == ("e1", "firing", "shop")


def test_a_person_ends_a_problem_and_begins_it_again():
    fixed, reopened = (
        webhook({"type": "errorStateManualChange", "stateChange": change}) for change in ("fixed", "reopened")
    )
    assert (fixed.status, reopened.status) == ("resolved", "firing")
    assert fingerprint(fixed).value == fingerprint(reopened).value == fingerprint(webhook("exception")).value
    assert (fixed.vendor_id, reopened.vendor_id, fixed.occurred_at) == (None, None, None)


@pytest.mark.parametrize("change", ["snoozed", "ignored", "unignored", None, 7])
def test_a_change_that_neither_ends_nor_begins_is_ignored(change):
    item = webhook({"type": "errorStateManualChange", "stateChange": change})
    assert item == Ignored("a change that neither closes nor reopens")


@pytest.mark.parametrize("trigger", ["comment", "projectSamplingStarted", "projectApproachingRateLimit", "new", None])
def test_what_tells_no_occurrence_is_ignored(trigger):
    assert isinstance(webhook({"type": trigger}), Ignored)


def test_a_spike_is_an_alert_of_the_project_and_no_occurrence_of_its_example():
    item = webhook({"type": "projectSpiking", "message": "Spiking", "rate": 412})
    assert (item.kind, item.message, item.exceptions) == ("alert", "Spiking: 412 events", ())
    assert item.identity == webhook("projectSpiking", {"id": "e2"}).identity


def test_a_release_is_a_deploy_of_its_project():
    told = {"id": "r1", "version": "2", "releaseStage": "staging", "releasedBy": "mira", "sourceControl": None}
    signal = webhook("release", release=told)
    assert isinstance(signal, Signal)
    assert (signal.subject, signal.release, signal.author) == ("shop/staging", "2", "mira")
    assert signal.vendor_id == "release:r1"


def test_an_error_that_says_nothing_is_rejected():
    assert webhook("exception", {"id": "e1"}) == Rejected(
        "an error that says nothing", "neither exceptionClass, message nor stackTrace"
    )


def test_a_notifier_begins_with_what_was_raised_last():
    raised, cause = {"errorClass": "Declined", "message": "no"}, {"errorClass": "ResetError", "message": "reset"}
    item = posted([raised, cause])
    assert ([one.type for one in item.exceptions], item.type) == (["ResetError", "Declined"], "Declined")


@pytest.mark.parametrize(
    ("told", "platform"),
    [
        ({"exceptions": [{"errorClass": "E", "type": "browserjs"}]}, "javascript"),
        ({"exceptions": [{"errorClass": "E", "type": "c"}], "app": {"type": "android"}}, "native"),
        ({"exceptions": [{"errorClass": "E"}], "app": {"type": "rails"}}, "ruby"),
        ({"exceptions": [{"errorClass": "E"}], "notifier": "Bugsnag Python"}, "python"),
        ({"exceptions": [{"errorClass": "E"}], "notifier": "bugsnag-php"}, "php"),
        ({"exceptions": [{"errorClass": "E"}], "app": {"type": "worker"}}, None),
    ],
)
def test_the_platform_is_told_by_the_exception_the_application_or_the_notifier(told, platform):
    assert posted(**told).platform == platform


def test_java_methods_and_classes_are_split_from_their_package():
    frames = [{"method": "com.acme.Card.charge", "file": "Card.java", "lineNumber": 3}]
    item = posted([{"errorClass": "com.acme.Declined", "message": "no", "stacktrace": frames}], "Bugsnag Java")
    frame = item.exceptions[0].frames[0]
    assert (item.exceptions[0].module, item.type) == ("com.acme", "Declined")
    assert (frame.module, frame.function) == ("com.acme.Card", "charge")


def test_the_package_of_a_go_function_is_told_by_its_file():
    stack = [{"file": "internal/cart/cart.go", "method": "(*Cart).Add"}, {"file": "main.go", "method": "main"}]
    item = posted([{"errorClass": "*errors.errorString", "stacktrace": stack}], "Bugsnag Go")
    assert [(frame.module, frame.function) for frame in item.exceptions[0].frames] == [
        (None, "main"),
        ("internal/cart", "(*Cart).Add"),
    ]


def test_a_frame_of_an_apple_binary_is_in_that():
    stack = [{"machoFile": "libswiftCore.dylib", "method": "_assertionFailure"}]
    item = posted([{"errorClass": "EXC_BREAKPOINT", "stacktrace": stack, "type": "cocoa"}])
    assert item.exceptions[0].frames[0].package == "libswiftCore.dylib"


def test_the_senders_own_grouping_groups():
    assert posted([{"errorClass": "E"}], groupingHash="pay").fingerprint == ("pay",)


def test_an_event_without_exceptions_is_one_all_the_same():
    item = read({"exceptions": [], "severity": "info", "app": {"releaseStage": "staging"}})
    assert (item.severity, item.environment, item.exceptions) == ("info", "staging", ())


def test_events_of_one_request_keep_their_places():
    body = json.dumps({"events": [{"exceptions": []}, 3]}).encode()
    assert [type(item).__name__ for item in SOURCE.read(Body(body, {}, 0))] == ["Event", "Rejected"]


@pytest.mark.parametrize("told", [{}, {"trigger": "exception"}, [], 3, {"apiKey": "k"}])
def test_what_is_neither_webhook_nor_event_is_malformed(told):
    with pytest.raises(Malformed):
        read(told)


def test_sessions_are_ignored():
    assert read({"notifier": {}, "sessionCounts": [{}]}) == Ignored("counts of sessions")
