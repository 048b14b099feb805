"""One Sentry event in all the shapes that SDKs give it."""

import pytest
from sentry_bodies import event, functions, raised, read, stack

from argus_streams.core.events import Frame

# Exceptions and stacks


@pytest.mark.parametrize("key", ["exception", "sentry.interfaces.Exception"])
@pytest.mark.parametrize("shape", [lambda one: {"values": [one]}, lambda one: [one], lambda one: one])
def test_exceptions_are_read_in_every_shape_that_sdks_send(key, shape):
    found = event({key: shape({"type": "ValueError", "value": "bad", "stacktrace": stack("main")})})
    assert (found.type, found.message, functions(found.exceptions[0])) == ("ValueError", "bad", ["main"])


def test_exceptions_that_tell_nothing_are_left_out():
    found = raised(None, {}, {"type": "", "value": ""}, "E", {"type": "E", "stacktrace": {"frames": [{}, None]}})
    assert [(exception.type, exception.frames) for exception in found.exceptions] == [("E", ())]


def test_an_exception_without_value_takes_the_message_of_the_log_line():
    found = raised({"type": "E"}, logentry={"message": "%s failed", "formatted": "job failed"})
    assert (found.type, found.message, found.template) == ("E", "job failed", "%s failed")


def test_the_template_of_a_log_line_is_not_that_of_an_exceptions_value():
    found = raised({"type": "E", "value": "v"}, logentry={"message": "%s failed", "formatted": "job failed"})
    assert (found.message, found.template) == ("v", None)


def test_a_frame_says_what_its_sdk_says_and_no_more():
    frames = [
        {"function": "?", "abs_path": "app:///index.js", "lineno": "34", "colno": 0},
        {"symbol": "_start", "package": "C:\\Windows\\ntdll.dll", "in_app": "yes", "lineno": -1},
        {"function": "Log", "package": "My.App, Version=1.0.0.0", "filename": ""},
        {"instruction_addr": "0x1"},
        {"vars": {"a": 1}},
    ]
    found = raised({"type": "E", "stacktrace": {"frames": frames}})
    assert found.exceptions[0].frames == (
        Frame(file="app:///index.js", line=34),
        Frame(function="_start", package="C:\\Windows\\ntdll.dll"),
        Frame(function="Log", package="My.App, Version=1.0.0.0"),
        Frame(),
    )


def test_a_synthetic_exception_is_marked():
    found = raised({"type": "SIGSEGV", "mechanism": {"synthetic": True}}, {"type": "E", "mechanism": {"synthetic": 1}})
    assert [exception.synthetic for exception in found.exceptions] == [True, False]


@pytest.mark.parametrize("key", ["stacktrace", "sentry.interfaces.Stacktrace"])
def test_a_stack_at_the_top_belongs_to_the_exception_raised_last(key):
    found = raised({"type": "A"}, {"type": "B"}, **{key: stack("main")})
    assert [functions(exception) for exception in found.exceptions] == [[], ["main"]]


def test_a_stack_at_the_top_of_a_message_stands_alone():
    found = event(message="odd", stacktrace=stack("main"))
    assert (found.type, found.message, functions(found.exceptions[0])) == (None, "odd", ["main"])


def test_an_exceptions_own_stack_beats_those_told_elsewhere():
    found = raised({"type": "A", "stacktrace": stack("mine")}, {"type": "B"}, stacktrace=stack("other"))
    assert [functions(exception) for exception in found.exceptions] == [["mine"], []]


@pytest.mark.parametrize(
    ("threads", "expected"),
    [
        ([{"id": 1, "crashed": True, "stacktrace": stack("a")}, {"id": 7, "stacktrace": stack("b")}], ["a"]),
        ([{"id": 1, "stacktrace": stack("a")}, {"id": 7, "stacktrace": stack("b")}], ["b"]),
        ([{"id": 1, "stacktrace": stack("a")}, {"id": 2, "current": True, "stacktrace": stack("b")}], ["b"]),
        ([{"id": 1, "stacktrace": stack("a")}, {"id": 2}], ["a"]),
        ([{"id": 1, "stacktrace": stack("a")}, {"id": 2, "stacktrace": stack("b")}], []),
        ([{"id": 1, "crashed": True, "stacktrace": stack("a")}, {"crashed": True, "stacktrace": stack("b")}], []),
        (["thread", None], []),
    ],
)
def test_a_threads_stack_is_taken_only_where_one_thread_can_be_meant(threads, expected):
    found = raised({"type": "E", "thread_id": 7}, threads={"values": threads})
    assert functions(found.exceptions[0]) == expected
    assert [len(exception.frames) for exception in event(threads=threads[:1]).exceptions] in ([], [1])


# Messages


@pytest.mark.parametrize(
    ("told", "message", "template"),
    [
        ({"message": "plain"}, "plain", None),
        ({"message": {"message": "as object"}}, "as object", None),
        ({"logentry": "as text"}, "as text", None),
        ({"logentry": {"message": None, "formatted": "done"}}, "done", None),
        ({"logentry": {"params": [1]}, "message": "fallback"}, "fallback", None),
        ({"sentry.interfaces.Message": {"message": "%s is %d", "params": ["a", 1]}}, "a is 1", "%s is %d"),
        ({"logentry": {"message": "%(who)s left", "params": {"who": "Ann"}}}, "Ann left", "%(who)s left"),
        ({"logentry": {"message": "{} and {1}", "params": ["a", "b"]}}, "a and b", "{} and {1}"),
        ({"logentry": {"message": "{who} and {9}", "params": {"who": 3}}}, "3 and {9}", "{who} and {9}"),
        ({"logentry": {"message": "{0} {7} {name}", "params": ["a"]}}, "a {7} {name}", "{0} {7} {name}"),
        ({"logentry": {"message": "%s %s", "params": [None]}}, "%s %s", None),
        ({"logentry": {"message": "100 %", "params": "none"}}, "100 %", None),
        ({"message": ["no", "text"]}, None, None),
    ],
)
def test_a_message_is_read_in_every_shape_that_sdks_send(told, message, template):
    found = event(told)
    assert (found.message, found.template) == (message, template)


def test_a_template_does_not_blow_up_when_it_is_filled():
    long = "%(a)s" * 1_000
    assert len(event(logentry={"message": long, "params": {"a": "x" * 100_000}}).message) <= 1_024 * 1_000
    longer = "%(a)s" * 10_000
    assert event(logentry={"message": longer, "params": {"a": "x"}}).message == longer


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"csp": {"violated_directive": "img-src 'self'", "blocked_uri": "inline"}}, "Blocked 'img-src' from 'inline'"),
        ({"csp-report": {"effective-directive": "font-src"}}, "Blocked 'font-src' from 'unknown'"),
        ({"hpkp": {"hostname": "example.com"}}, "Public key pinning validation failed for 'example.com'"),
        ({"expectct": {"hostname": "example.com"}}, "Expect-CT failed for 'example.com'"),
        ({"expectstaple": {"port": 443}}, "Expect-Staple failed for 'unknown'"),
    ],
)
def test_a_browsers_report_is_an_error_without_exception(told, message):
    (found,) = read(told)
    assert (found.kind, found.severity, found.message, found.exceptions) == ("error", "error", message, ())


# Fields


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        *[("fatal", "fatal"), ("critical", "fatal"), ("ERROR", "error"), ("warning", "warning"), ("log", "info")],
        *[("debug", "debug"), (50, "fatal"), (30, "warning"), ("sample", "error"), (None, "error"), ({}, "error")],
    ],
)
def test_a_level_is_a_word_or_a_number_of_pythons_logging(level, severity):
    assert event(level=level).severity == severity


def test_tags_are_pairs_or_an_object():
    pairs = event(tags=[["level", "warning"], ["handled", True], ["x", None], ["y"], "z", None, [None, "v"], [1, 2]])
    assert pairs.tags == event(tags={"level": "warning", "handled": True, "x": [], "1": 2}).tags
    assert pairs.tags == {"level": "warning", "handled": "true", "1": "2"}
    assert event(tags={"up": False}).tags == {"up": "false"}


def test_tags_stand_in_for_fields_that_servers_move_there():
    tags = {
        "level": "info",
        "environment": "qa",
        "sentry:release": "r1",
        "server_name": "h1",
        "url": "u",
        "logger": "l",
    }
    found = event(level=None, tags={**tags, "sentry:user": "id:42"})
    assert (found.severity, found.environment, found.release, found.host) == ("info", "qa", "r1", "h1")
    assert (found.url, found.logger, found.user) == ("u", "l", "42")


@pytest.mark.parametrize(
    ("told", "user"),
    [
        ({"user": {"id": 0}}, "0"),
        ({"user": {"id": 1234, "email": "a@example.com"}}, "1234"),
        ({"sentry.interfaces.User": {"username": "ann"}}, "ann"),
        ({"user": {"ip_address": "203.0.113.4"}, "tags": {"sentry:user": "ip:203.0.113.4"}}, None),
        ({"user": "ann"}, None),
    ],
)
def test_a_user_is_a_person_and_no_address_of_the_network(told, user):
    assert event(told).user == user


@pytest.mark.parametrize(
    ("told", "service"),
    [
        ({"tags": {"service": "pay"}, "project": "shop"}, "pay"),
        ({"contexts": {"otel": {"resource": {"service.name": "pay"}}}, "release": "shop@1"}, "pay"),
        ({"project": "shop", "release": "other@1"}, "shop"),
        ({"project": 17, "release": "@scope/shop@1.0"}, "@scope/shop"),
        ({"url": "https://sentry.example.com/api/0/projects/acme/shop/events/1/"}, "shop"),
        ({"url": "https://example.com/projects/acme//"}, None),
        ({"release": "1.0"}, None),
    ],
)
def test_a_service_is_the_tag_else_the_resource_else_the_project_else_the_releases_package(told, service):
    assert event(told).service == service


@pytest.mark.parametrize(
    ("told", "platform"),
    [
        ({"platform": "python", "sdk": {"name": "sentry.javascript.node"}}, "python"),
        ({"platform": "other", "sdk": {"name": "sentry.dotnet.serilog"}}, "csharp"),
        ({"sdk": {"name": "sentry-cordova"}}, "javascript"),
        ({"sdk": {"name": "homemade"}}, None),
        ({"sdk": ["sentry.python"]}, None),
    ],
)
def test_a_platform_is_told_or_known_from_the_sdk(told, platform):
    assert event(told).platform == platform


@pytest.mark.parametrize(
    ("release", "commit"),
    [
        ("a" * 40, "a" * 40),
        ("shop@1.0+" + "0" * 40, "0" * 40),
        ("shop@" + "b" * 40, "b" * 40),
        ("1.0", None),
        ("f" * 41, None),
    ],
)
def test_a_release_that_ends_in_a_commit_names_it(release, commit):
    assert event(release=release).commit == commit


@pytest.mark.parametrize(
    ("told", "fingerprint"),
    [
        (["{{ default }}"], ()),
        (["{{default}}"], ()),
        (["{{ default }}", 7, None], ("{{ default }}", "7")),
        ("one", ()),
        (None, ()),
    ],
)
def test_a_fingerprint_is_the_senders_unless_it_is_the_default_alone(told, fingerprint):
    assert event(fingerprint=told).fingerprint == fingerprint


def test_the_time_is_when_it_happened_else_when_sentry_took_it():
    assert event(timestamp=1_700_000_000.5, received=9).occurred_at == 1_700_000_000_500
    assert event(timestamp="soon", datetime="2023-11-14T22:13:20Z").occurred_at == 1_700_000_000_000
    assert event(received=1_700_000_000).occurred_at == 1_700_000_000_000
    assert event().occurred_at is None


def test_an_event_has_one_id_however_its_sdk_spells_it():
    assert event(event_id="BFE4379D-8293-4B2B-91D7-0B1167BCAE8D").vendor_id == "bfe4379d82934b2b91d70b1167bcae8d"
    assert event(event_id="--").vendor_id is None
