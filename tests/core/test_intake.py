import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json, structs

from argus_streams import sources
from argus_streams.core import clip, fields
from argus_streams.core.clip import Limits
from argus_streams.core.events import Event, ExceptionInfo, Frame, Ignored, Origin, Rejected, Signal
from argus_streams.core.intake import identify, take
from argus_streams.core.normalization import Incoming, Norms, read
from argus_streams.core.scrub import scrubber
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

NOW = 1783728000000
DAY = 24 * 60 * 60 * 1000
ORIGIN = Origin("4eVAuEAuQneD", 3, 1204)
LIMITS = Limits()
SCRUBBER = scrubber()


def read_list(body):
    """A source whose bodies are lists of events told by their fields; what is no object is rejected."""
    told = fields.decode(body.value)
    if not isinstance(told, list):
        raise Malformed("no list")
    return [_item(each) for each in told]


def _item(told):
    if not isinstance(told, dict):
        return Rejected("not an event", f"{told}")
    return Event(message=fields.text(told.get("message")), occurred_at=fields.instant(told.get("at")))


LISTS = Source("lists", "For tests.", read_list)


def taken(*items, limits=LIMITS, project="shop", value=b"{}", origin=ORIGIN):
    source = Source("test", "Gives what it is told.", lambda _: items)
    body = Body(value, {}, NOW)
    return take(body, source, project=project, origin=origin, limits=limits, scrubber=SCRUBBER)


def one(item, limits=LIMITS):
    (found,) = taken(item, limits=limits)
    return found


def from_bytes(value, *, source=LISTS, project="shop", limits=LIMITS):
    return take(Body(value, {}, NOW), source, project=project, origin=ORIGIN, limits=limits, scrubber=SCRUBBER)


def refusal(*args, **kwargs):
    with pytest.raises(Malformed) as refused:
        from_bytes(*args, **kwargs)
    return refused.value.reason


def test_an_item_is_stamped_with_where_it_stands():
    items = taken(Event(message="a"), Ignored("ping"), Event(message="b"), Rejected("not an event", "7"))
    assert items[1] == Ignored("ping")
    assert items[3] == Rejected("not an event", "7")
    third = items[2]
    assert (third.project, third.source, third.received_at) == ("shop", "test", NOW)
    assert third.origin == Origin("4eVAuEAuQneD", 3, 1204, 2)
    assert third.event_id == str(uuid.UUID(third.event_id)) != items[0].event_id


def test_a_body_with_nothing_in_it_is_ignored_with_a_reason():
    assert taken() == [Ignored("nothing in it")]


@pytest.mark.parametrize("value", [b"", b"\xff\xfe{", b'[{"message": "x', b"[NaN]", b"[" * 10_000, b"3", b"{}"])
def test_a_body_that_can_not_be_read_is_refused(value):
    assert refusal(value)


def test_a_body_above_the_size_limit_is_refused():
    assert refusal(b"[" + b" " * LIMITS.body + b"]") == "too large"
    assert refusal(b"[1, 2, 3]", limits=Limits(body=8)) == "too large"
    assert from_bytes(b"[1, 2, 3]", limits=Limits(body=9))


def test_a_body_with_too_many_items_is_refused_whole():
    assert refusal(b"[1, 2, 3]", limits=Limits(items=2)) == "too many items"
    assert len(from_bytes(b"[1, 2, 3]", limits=Limits(items=3))) == 3


@pytest.mark.parametrize(
    "project", ["Shop", "a" * 65, "shop/web", "shop\n", "../etc", "'; drop table events; --", "\x00"]
)
def test_a_project_that_is_no_slug_is_refused(project):
    assert refusal(b"[]", project=project) == "bad project"


def test_a_missing_project_is_refused_as_such():
    assert refusal(b"[]", project="") == "no project"


def test_an_unforeseen_exception_of_a_source_is_not_hidden():
    def broken(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        from_bytes(b"{}", source=Source("broken", "Fails.", broken))


def test_a_bad_item_does_not_cost_its_neighbours():
    items = from_bytes(b'[{"message": "a"}, 7, {"message": "token=\\ud83d"}]')
    assert [getattr(item, "message", "rejected") for item in items] == ["a", "rejected", "token=[scrubbed]"]


def test_what_a_rejected_item_quotes_is_scrubbed_and_clipped():
    item = one(Rejected("not an event", "password=hunter2 " + "x" * 5000))
    assert item.detail.startswith("password=[scrubbed] xxx")
    assert len(item.detail) == LIMITS.text


@pytest.mark.parametrize(
    ("occurred_at", "kept"),
    [
        (NOW, True),
        (NOW - 30 * DAY, True),
        (NOW - 30 * DAY - 1, False),
        (NOW + 600_000, True),
        (NOW + 600_001, False),
        (fields.instant("0001-01-01T00:00:00Z"), False),
        (fields.instant("9999-12-31T23:59:59Z"), False),
        (None, False),
    ],
)
def test_a_senders_time_is_kept_where_it_can_be_right(occurred_at, kept):
    assert one(Event(occurred_at=occurred_at)).occurred_at == (occurred_at if kept else NOW)
    assert one(Signal(kind="push", subject="a", title="b", occurred_at=occurred_at)).occurred_at in {occurred_at, NOW}


def test_the_same_vendor_id_is_the_same_event_wherever_it_stands():
    elsewhere = Origin("other", 7, 1)
    (first,) = taken(Event(vendor_id="7"))
    (again,) = taken(Event(vendor_id="7", message="told again"), origin=elsewhere)
    assert first.event_id == again.event_id


def test_events_of_different_ids_projects_sources_or_states_are_different():
    event = Event(vendor_id="7")
    ids = [
        identify(event, "shop", "sentry", ORIGIN),
        identify(structs.replace(event, vendor_id="8"), "shop", "sentry", ORIGIN),
        identify(structs.replace(event, status="resolved"), "shop", "sentry", ORIGIN),
        identify(event, "shop2", "sentry", ORIGIN),
        identify(event, "shop", "rollbar", ORIGIN),
        identify(structs.replace(event, vendor_id="sentry6:firing1:7"), "shop", "", ORIGIN),
        *(identify(Event(message="disk full"), "shop", "sentry", Origin("t", 1, 1, index)) for index in range(3)),
        identify(Event(), "shop", "sentry", Origin("t", 11, 1)),
    ]
    assert len(set(ids)) == len(ids)


def test_each_step_of_a_deploy_is_a_signal_of_its_own():
    deploy = Signal(kind="deploy", subject="web/production", title="Deploy", status="pending", vendor_id="9")
    (pending,) = taken(deploy)
    (again,) = taken(deploy, origin=Origin("other", 7, 1))
    (done,) = taken(structs.replace(deploy, status="success"))
    assert pending.signal_id == again.signal_id != done.signal_id


def test_a_clean_small_event_is_only_stamped():
    event = Event(message='it\'s\n"fine"', tags={"a": "b"}, exceptions=(ExceptionInfo(frames=(Frame(function="f"),)),))
    found = one(event)
    assert found.exceptions is event.exceptions
    assert found.tags is event.tags


def test_secrets_are_gone_before_anything_is_forwarded():
    found = one(Event(message="password=hunter2", tags={"cookie": "a=b"}))
    assert (found.message, found.tags) == ("password=[scrubbed]", {"cookie": "[scrubbed]"})


def test_a_secret_across_the_cut_is_scrubbed_whole():
    found = one(Event(message="x" * (LIMITS.message - 10) + " 4111 1111 1111 1111"))
    assert found.message.endswith("x [scrubbe…")
    assert "4111" not in found.message


def test_what_scrubbing_makes_longer_is_clipped_again():
    found = one(Event(title="token=a " * 100))
    assert len(found.title) == LIMITS.text
    assert found.title.endswith("…")


@pytest.mark.parametrize("bad", ["\x00", "\ud83d"])
def test_characters_that_can_not_be_stored_are_replaced_everywhere(bad):
    text = f"a{bad}b'; drop table events; --"
    frame = Frame(function=text, module=text, package=text, file=text, context=text)
    found = one(
        Event(
            message=text,
            tags={text: text},
            fingerprint=(text,),
            identity=(text,),
            vendor_id=text,
            exceptions=(ExceptionInfo(type=text, value=text, module=text, frames=(frame,)),),
        )
    )
    encoded = json.encode(found).decode()
    assert "\\u0000" not in encoded
    assert encoded.count("a\ufffdb'; drop table events; --") == 14
    assert one(Signal(kind="push", subject=text, title=text, files=(text,))).files == (
        "a\ufffdb'; drop table events; --",
    )


def test_control_characters_other_than_nul_stay():
    assert one(Event(message="\x1b[31mred\x1b[0m\t\r\n")).message == "\x1b[31mred\x1b[0m\t\r\n"


def test_a_message_of_five_megabytes_is_cut_at_an_ellipsis():
    found = one(Event(message="é" * 5_000_000))
    assert found.message == "é" * (LIMITS.message - 1) + "…"


@pytest.mark.parametrize("length", [1, 255, 256, 257, 1023, 1024, 1025, 1026, 2048, 2049, 8192, 8193])
@pytest.mark.parametrize("character", ["x", '"', "\\", "é", "\n"])
def test_each_text_is_cut_at_its_own_length(length, character):
    text = character * length
    found = one(
        Event(
            message=text,
            template=text,
            title=text,
            url=text,
            link=text,
            tags={text: text},
            exceptions=(ExceptionInfo(value=text, frames=(Frame(file=text),)),),
        )
    )
    exception = found.exceptions[0]
    lengths = {
        LIMITS.message: [found.message, found.template, exception.value],
        LIMITS.url: [found.url, found.link],
        LIMITS.text: [found.title, exception.frames[0].file],
        LIMITS.tag_name: list(found.tags),
        LIMITS.tag_value: list(found.tags.values()),
    }
    for limit, texts in lengths.items():
        for each in texts:
            assert each == (text if length <= limit else text[: limit - 1] + "…")


def test_of_ten_thousand_frames_the_way_in_and_the_crash_stay():
    frames = tuple(Frame(function=f"f{number}", line=number) for number in range(10_000))
    found = one(Event(exceptions=(ExceptionInfo(type="RecursionError", frames=frames),)))
    assert [frame.line for frame in found.exceptions[0].frames] == [*range(50), *range(9800, 10_000)]


def test_of_a_long_chain_the_first_causes_and_the_last_raised_stay():
    found = one(Event(exceptions=tuple(ExceptionInfo(id=number) for number in range(200))))
    assert [each.id for each in found.exceptions] == [*range(25), *range(175, 200)]


def test_parts_above_their_number_are_left_out():
    many = tuple(str(number) for number in range(2000))
    found = one(Event(tags=dict.fromkeys(many, ""), fingerprint=many))
    assert (len(found.tags), len(found.fingerprint)) == (64, 64)
    assert len(one(Event(identity=many)).identity) == 64
    assert len(one(Signal(kind="push", subject="a", title="b", files=many)).files) == 1000


@pytest.mark.parametrize("text", ["x" * 9000, "\x01" * 9000, "\U0001f600" * 9000])
def test_an_event_of_all_that_is_allowed_is_still_bounded(text):
    frame = Frame(function=text, module=text, package=text, file=text, context=text)
    exceptions = (ExceptionInfo(type=text, value=text, module=text, frames=(frame,) * 25),) * 60
    tags = {f"{number}{text}": text for number in range(100)}
    found = one(Event(message=text, title=text, url=text, tags=tags, exceptions=exceptions, identity=(text,) * 90))
    assert 8 * 1024 < len(json.encode(found)) <= LIMITS.encoded
    assert found.exceptions[-1].frames
    signal = one(Signal(kind="push", subject=text, title=text, files=(text,) * 1000))
    assert len(json.encode(signal)) <= LIMITS.encoded


def test_a_huge_name_of_a_library_costs_no_event():
    frame = Frame(function="f", package="/lib\x00/password=hunter2 " + "x" * 1024 * 1024)
    found = one(Event(message="crash", exceptions=(ExceptionInfo(type="SIGSEGV", frames=(frame,) * 300),)))
    assert len(json.encode(found)) <= LIMITS.encoded
    assert (found.exceptions[0].type, found.exceptions[0].frames[0].function) == ("SIGSEGV", "f")
    assert found.exceptions[0].frames[0].package.startswith("/lib\ufffd/password=[scrubbed] xxx")


def test_a_name_that_is_no_source_is_quoted_without_its_secrets_and_not_at_length():
    norms = Norms(sources={"lists": LISTS}, limits=LIMITS, scrubber=SCRUBBER)
    incoming = Incoming(
        value=b"[]", headers={}, source="token=abc " + "x" * 2000, project="shop", origin=ORIGIN, received_at=NOW
    )
    (refused,) = read(incoming, norms).refusals
    assert refused.reason == "unknown source"
    assert refused.detail == f"'token=[scrubbed] {'x' * 62}…'; known are lists"


def test_limits_too_small_for_anything_end_too():
    assert one(Event(message="long", culprit="longer"), limits=Limits(encoded=1, text=2)).message


def test_smaller_limits_of_a_setting_hold_for_small_events_too():
    found = one(Event(message="0123456789", title="0123456789"), limits=Limits(message=5, text=6))
    assert (found.message, found.title) == ("0123…", "01234…")


TEXT = st.text() | st.text('\x00\ud83d"\\x').map(lambda text: text * 300)
EVENTS = st.builds(
    Event,
    message=TEXT,
    title=TEXT,
    url=TEXT,
    tags=st.dictionaries(TEXT, TEXT, max_size=3),
    identity=st.lists(TEXT, max_size=3).map(tuple),
    vendor_id=st.none() | TEXT,
    exceptions=st.lists(st.builds(ExceptionInfo, value=TEXT, frames=st.just((Frame(file="a.py"),))), max_size=2).map(
        tuple
    ),
)


@given(st.lists(EVENTS, max_size=3))
def test_what_is_taken_can_be_encoded_and_stored_and_the_same_bytes_give_the_same(events):
    items = taken(*events)
    assert items == taken(*events)
    for item in items:
        encoded = json.encode(item)
        assert isinstance(item, Ignored) or json.decode(encoded, type=Event) == item
        assert "\x00" not in str(json.decode(encoded))
        assert len(encoded) <= LIMITS.encoded


@given(EVENTS)
def test_a_quick_look_finds_an_event_fit_only_if_clipping_changes_nothing(event):
    encoded = clip.encoded(event)
    if encoded is not None and clip.fits(event, encoded, LIMITS):
        assert clip.clipped(event, LIMITS) == event


@pytest.mark.parametrize("source", sources.load().values(), ids=lambda source: source.name)
@pytest.mark.parametrize(
    "value", [b"", b"[]", b"{}", b"[NaN]", b"[" * 10_000, b"\xff", b'{"a": "\\ud83d', b"0" * 2_000_000]
)
def test_no_source_lets_a_bad_body_through_as_an_error(source, value):
    try:
        outcome = from_bytes(value, source=source)
    except Malformed as refused:
        outcome = refused.reason
    assert outcome


@pytest.mark.parametrize("before", range(0, 600, 7))
def test_a_text_too_long_is_clipped_wherever_it_stands(before):
    event = one(Event(title="x" * before, vendor_id="0" * (LIMITS.text + 1)))
    assert len(event.vendor_id) == LIMITS.text
