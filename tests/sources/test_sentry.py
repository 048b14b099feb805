"""Which of Sentry's bodies are occurrences, and what its own samples tell."""

import json

import pytest
from sentry_bodies import read, sample

from argus_streams.core.events import Frame, Ignored, Rejected
from argus_streams.errors import Malformed

# Samples: what a reader of samples/sentry.json may rely on


def test_the_failure_raised_last_names_the_event_and_its_cause_comes_first():
    (found,) = sample("Django checkout")
    assert (found.type, found.message) == ("PaymentDeclined", "card ending 4242 was declined for order 8812")
    assert [exception.type for exception in found.exceptions] == ["ConnectionResetError", "PaymentDeclined"]
    assert [(frame.module, frame.function, frame.file, frame.line) for frame in found.exceptions[-1].frames[-3:]] == [
        ("checkout.views", "submit_order", "checkout/views.py", 88),
        ("checkout.payments", "charge", "checkout/payments.py", 142),
        ("checkout.gateway", "_send", "checkout/gateway.py", 61),
    ]
    assert [frame.in_app for frame in found.exceptions[-1].frames] == [False, False, True, True, True]
    assert (found.service, found.environment, found.release) == ("checkout", "production", "checkout@2.14.0")
    assert found.culprit == "/checkout/submit"
    assert found.trace_id == "8f14e45fceea467a9a3d2b7c90e1d5aa"


def test_an_issue_alert_carries_the_delivery_the_link_and_the_project_as_service():
    (found,) = sample("issue alert")
    assert found.delivery_id == "0f6cf8b5c5a14b0a9c1f7f0a8b1d2e33"
    assert found.link is not None
    assert found.link.endswith("/events/1f6b5a0c4f2e4d0d9a8470c6de1b93e5/")
    assert (found.service, found.fingerprint) == ("storefront", ())
    assert found.exceptions[-1].frames[-1] == Frame(
        function="renderRow",
        module="src/cart/CartTable",
        file="./src/cart/CartTable.tsx",
        line=74,
        column=31,
        in_app=True,
        context="    const price = row.article.price",
    )


def test_a_new_issue_and_its_resolution_tell_the_same_problem():
    (opened,), (closed,) = sample("new issue"), sample("resolves that issue")
    assert (opened.status, closed.status) == ("firing", "resolved")
    assert (opened.type, opened.message, opened.exceptions) == (closed.type, closed.message, closed.exceptions)
    assert opened.vendor_id == "issue:90217:created:2026-11-20T10:00:12.004000Z"
    assert closed.vendor_id is None
    assert closed.occurred_at == 1_795_172_523_000


def test_an_envelope_gives_an_item_for_each_of_its_items():
    group, session, report = sample("envelope")
    assert [(found.id, found.parent_id, found.is_group) for found in group.exceptions] == [
        (2, 0, False),
        (1, 0, False),
        (0, None, True),
    ]
    assert (session, report) == (Ignored("session"), Ignored("client report"))


def test_a_metric_alert_is_identified_by_its_rule_and_project():
    (found,) = sample("crosses its critical threshold")
    assert (found.kind, found.severity, found.status) == ("alert", "fatal", "firing")
    assert found.identity == ("alert", "Too many failed payments", "environment=production", "service=checkout")


def test_a_metric_alert_keeps_identity_and_instance_from_critical_over_warning_to_its_end():
    found = [sample(words)[0] for words in ("its critical threshold", "its warning threshold", "alert is resolved")]
    assert [event.severity for event in found[:2]] == ["fatal", "warning"]
    assert [event.status for event in found] == ["firing", "firing", "resolved"]
    assert {event.identity for event in found} == {found[0].identity}
    assert {event.instance for event in found} == {"metric alert 311"}
    assert len({event.vendor_id for event in found}) == len(found)
    assert found[2].occurred_at == 1_795_168_500_000


def test_an_error_webhook_tells_the_error_whole():
    (found,) = sample("each error as it comes")
    assert (found.type, found.service, found.vendor_id) == (
        "StockError",
        "inventory",
        "e7f80912a3b4c5d6e7f8091a2b3c4d5e",
    )
    assert (found.exceptions[0].frames[-1].function, found.environment) == ("reserve", "production")
    assert found.delivery_id == "a0d36d53b17f94cee2806f719314c5a6"


def test_the_plugins_webhook_fills_what_its_event_leaves_out():
    (found,) = sample("plugin")
    assert (found.service, found.culprit, found.logger) == ("legacy-shop", "/index.php in render", "php")
    assert (found.host, found.release) == ("web-3", "2026.46")
    assert found.link == "https://sentry.example.com/acme/legacy-shop/issues/77120/"


def test_a_forbidden_script_is_told_in_sentrys_words():
    (found,) = sample("content security policy")
    assert found.message == "Blocked 'script-src' from 'ads.example.org'"
    assert found.exceptions == ()


# Which bodies are occurrences


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"event"', b"{}", b'{"foo": 1}', b'{"event_id": "1"}', b"\xff\xfe"]
)
def test_what_is_no_sentry_body_is_malformed(body):
    with pytest.raises(Malformed):
        read(body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"type": "transaction", "timestamp": 1}, "transaction"),
        ({"type": "feedback", "level": "info"}, "user feedback"),
        ({"action": "assigned", "data": {"issue": {"id": 1}}}, "issue assigned"),
        ({"action": "archived", "data": {"issue": {"id": 1}}}, "issue archived"),
        ({"action": "set_on_fire", "data": {"issue": {"id": 1}}}, "issue changed"),
        ({"action": "created", "data": {"comment": "see above", "comment_id": 4}}, "comment"),
        ({"action": "created", "data": {"installation": {"uuid": "7"}}}, "installation"),
        ({"event_id": "1", "sent_at": "2026-11-20T12:00:00Z"}, "empty envelope"),
    ],
)
def test_what_is_no_occurrence_is_ignored_with_a_reason(body, reason):
    assert list(read(body)) == [Ignored(reason)]


def test_a_webhook_without_known_data_is_ignored_by_its_resource_or_malformed():
    body = {"action": "deleted", "data": {"what": 1}}
    assert list(read(body, sentry_hook_resource="installation")) == [Ignored("installation")]
    with pytest.raises(Malformed, match="unknown webhook"):
        read(body)


def test_a_webhook_whose_event_is_empty_is_malformed():
    with pytest.raises(Malformed, match="no Sentry event"):
        read({"action": "triggered", "data": {"event": {}}})


def test_an_error_webhook_tells_its_error():
    (found,) = read({"action": "created", "data": {"error": {"level": "fatal", "event_id": "A-B"}}}, request_id="d1")
    assert (found.severity, found.vendor_id, found.delivery_id) == ("fatal", "ab", "d1")


def test_an_issue_that_returns_fires_again():
    (found,) = read({"action": "unresolved", "data": {"issue": {"id": 5, "lastSeen": "2026-11-20T10:00:00Z"}}})
    assert (found.status, found.vendor_id) == ("firing", "issue:5:unresolved:2026-11-20T10:00:00Z")


def test_an_issue_without_an_exception_tells_its_message():
    (found,) = read({"action": "created", "data": {"issue": {"title": "disk full", "metadata": {"title": "disk"}}}})
    assert (found.type, found.message, found.title, found.exceptions) == (None, "disk", "disk full", ())
    assert found.vendor_id is None


def test_an_issue_without_a_place_has_no_frames():
    (found,) = read({"action": "created", "data": {"issue": {"id": 1, "metadata": {"type": "E", "value": "v"}}}})
    assert found.exceptions[0].frames == ()


def test_a_metric_alert_that_ends_closes_what_it_opened():
    alert = {"id": 9, "alert_rule": {"name": "slow"}, "projects": ["a", 7, "b"], "date_closed": "2026-11-20T10:00:00Z"}
    (closed,) = read({"action": "resolved", "data": {"metric_alert": alert}})
    (opened,) = read({"action": "warning", "data": {"metric_alert": {**alert, "id": None}}})
    assert (closed.status, opened.status, opened.severity) == ("resolved", "firing", "warning")
    assert closed.identity == opened.identity == ("alert", "slow", "service=a,b")
    assert (closed.service, closed.vendor_id, opened.vendor_id) == (None, "alert:9:resolved", None)


def test_a_metric_alert_has_the_projects_of_its_rule_where_it_tells_none():
    alert = {"id": 9, "alert_rule": {"name": "slow", "projects": ["shop"]}}
    (found,) = read({"action": "critical", "data": {"metric_alert": alert}})
    assert (found.identity, found.service) == (("alert", "slow", "service=shop"), "shop")


def test_a_plugins_webhook_without_an_event_is_read_by_its_own_keys():
    (found,) = read(
        {
            "id": "7",
            "project": "shop",
            "project_name": "Shop",
            "message": "mail is stuck",
            "culprit": "mail.send",
            "logger": "root",
            "level": "warning",
            "triggering_rules": ["notify"],
            "url": "https://sentry.example.com/acme/shop/issues/7/",
        }
    )
    assert (found.message, found.culprit, found.severity, found.service) == (
        "mail is stuck",
        "mail.send",
        "warning",
        "shop",
    )
    assert found.link == "https://sentry.example.com/acme/shop/issues/7/"


# Envelopes


def test_an_envelopes_event_without_id_has_that_of_the_envelope():
    (found,) = read('{"event_id":"AB"}\n{"type":"event"}\n{"level":"info"}')
    assert (found.vendor_id, found.severity) == ("ab", "info")


def test_an_item_of_an_envelope_that_can_not_be_read_is_rejected_alone():
    lines = [
        "{}",
        '{"type":"event"}',
        "nonsense",
        '{"type":"event"}',
        "[]",
        '{"type":"event"}',
        "{}",
        '{"type":"event"}',
    ]
    items = read("\n".join([*lines, '{"level":"info"}', '{"type":"dance"}', "x", "no header"]))
    assert [getattr(item, "reason", "event") for item in items] == [
        "not JSON",
        "not an object",
        "no Sentry event",
        "event",
        "unknown envelope item",
        "broken envelope",
    ]
    assert [isinstance(item, Rejected) for item in items] == [True, True, True, False, False, True]


def test_an_item_with_a_length_may_hold_line_ends():
    payload = '{"level":\n"info"}'
    items = read(
        f'{{}}\r\n{{"type":"attachment","length":3}}\n\n\n\n\n{{"type":"event","length":{len(payload)}}}\n{payload}\n'
    )
    assert items[0] == Ignored("attachment")
    assert items[1].severity == "info"


@pytest.mark.parametrize("length", [1_000, 2**63 - 1, 2**70, -1, None])
@pytest.mark.parametrize("rest", ["", "\n", "\r\n \n"])
def test_an_item_that_is_shorter_than_it_says_ends_with_its_envelope(length, rest):
    header = json.dumps({"type": "event", "length": length})
    (found,) = read(f'{{}}\n\n \n{header}\n{{"level":"info"}}{rest}')
    assert found.severity == "info"


def test_two_lines_that_are_no_envelope_are_malformed():
    with pytest.raises(Malformed, match="not JSON"):
        read('{"level":"info"}\nnonsense')
