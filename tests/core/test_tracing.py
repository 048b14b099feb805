"""The header of https://www.w3.org/TR/trace-context/, and spans that are the same whenever they are told again."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from argus_streams.core import tracing
from argus_streams.core.tracing import LINKS, Context, Message

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = Context(TRACE, SPAN)
PLACE = Message("argus.events.incoming", "topic-id", 3, 17)


def hexadecimal(digits):
    return st.text("0123456789abcdef", min_size=digits, max_size=digits).filter(lambda text: text.strip("0"))


contexts = st.builds(Context, hexadecimal(32), hexadecimal(16))


@given(contexts)
def test_what_is_handed_on_is_read_again(context):
    assert tracing.parse(tracing.format_(context)) == context
    assert len(tracing.format_(context)) == 55


@given(st.text() | st.from_regex(r"[0-9a-fA-F-]{50,60}", fullmatch=True))
@example("00-" + "é" * 32 + "-" + "f" * 16 + "-01")
@example("0" * 10_000_000)
def test_any_text_is_a_context_or_nothing(text):
    found = tracing.parse(text)
    assert found is None or tracing.format_(found)[3:52] == text[3:52]


@pytest.mark.parametrize(
    "text",
    [
        f"00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-03",  # other flags beside
        f"00-{TRACE}-{SPAN}-ff",
        f"01-{TRACE}-{SPAN}-01",  # a later version
        f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like",
    ],
)
def test_a_recorded_trace_is_gone_on_with(text):
    assert tracing.parse(text) == PARENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"00-{TRACE}-{SPAN}-00",  # its sender records nothing
        f"00-{TRACE}-{SPAN}-02",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",  # of version 00 there is no more
        f"00-{TRACE}-{SPAN}-01-",
        f"01-{TRACE}-{SPAN}-01.more",
        f"00-{TRACE}-{SPAN}-1",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f"00-{TRACE[:-1]}\u0663-{SPAN}-01",  # a digit, but none of ours
        f"cc-{TRACE}-{SPAN}-01-" + "x" * 1000,
    ],
)
def test_anything_else_is_no_trace(text):
    assert tracing.parse(text) is None


@given(contexts, st.text(), st.integers(0, 2**31 - 1), st.integers(0, 2**63 - 1))
def test_what_is_told_again_is_the_same_span_and_what_is_told_of_another_record_is_not(parent, topic, number, offset):
    place = Message("name", topic, number, offset)
    span = tracing.processed("group", parent, place, {"argus.count": 1})
    again = tracing.processed("group", parent, place._replace(topic="renamed"), {"argus.count": 2})
    assert span.context == again.context
    assert span.context.trace_id == parent.trace_id
    assert tracing.parse(tracing.format_(span.context)) == span.context
    others = [
        tracing.processed("store", parent, place, {}),
        tracing.processed("group", parent, place._replace(offset=offset + 1), {}),
        tracing.processed("group", parent, place._replace(partition=number + 1), {}),
        tracing.processed("group", parent, place._replace(topic_id=topic + "1"), {}),
    ]
    assert span.context not in [other.context for other in others]


def test_a_span_says_where_its_record_lies_in_opentelemetrys_words():
    span = tracing.processed("normalize", PARENT, PLACE, {"argus.outcome": "dead"}, "not JSON")
    assert (span.parent, span.kind, span.error) == (PARENT, "process", "not JSON")
    assert span.attributes == {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": "argus.events.incoming",
        "messaging.destination.partition.id": "3",
        "messaging.kafka.offset": 17,
        "argus.outcome": "dead",
    }


@given(st.lists(contexts, min_size=2, max_size=200, unique=True))
def test_a_record_of_many_causes_is_a_child_of_the_first_and_linked_with_the_others(causes):
    span = tracing.joined("sighting", causes, ("shop", "v1:aa"), {})
    assert span.parent == causes[0]
    assert span.context.trace_id == causes[0].trace_id
    assert span.links == tuple(causes[1 : LINKS + 1])
    assert span.context == tracing.joined("sighting", causes[:1], ("shop", "v1:aa"), {}).context
    assert span.context != tracing.joined("sighting", causes, ("shop", "v1:bb"), {}).context
