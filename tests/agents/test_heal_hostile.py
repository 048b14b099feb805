"""HEAL and whatever it may be told: each record is decided, counted or a letter, and none stops another."""

import msgspec
import pytest
from healing import Healing, command, failure, outcome
from hypothesis import given, settings
from hypothesis import strategies as st
from records import TOPICS

from argus_streams.adapters.similarity import load_ranker
from argus_streams.core.elements import Box, Element
from argus_streams.core.healing.looking import Similar

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
STRANGE = st.one_of(
    TEXT, st.sampled_from(["#a", "cy.get('#a')", "//a[", "((((", "getByRole('button', {", "[a='", "*", "\0", "text=>>"])
)
TAGS = st.sampled_from(["<a id=x>", "</a>", "<p", "<button>", "x", "<!--"])
NUMBER = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
ELEMENTS = st.builds(
    Element, tag=st.sampled_from(["a", "button", "div", "INPUT", ""]), id=st.one_of(st.none(), TEXT),
    class_list=st.lists(TEXT, max_size=2).map(tuple), visible_text=st.lists(TEXT, max_size=2).map(tuple), xpath=STRANGE,
    location=st.builds(Box, x=NUMBER, y=NUMBER, width=NUMBER), area=NUMBER, shape=NUMBER,
    attributes=st.dictionaries(TEXT, TEXT, max_size=2), frame=st.one_of(st.none(), STRANGE),
)  # fmt: skip
FAILURES = st.builds(
    failure, locator=st.one_of(st.none(), STRANGE), failure=st.sampled_from(["not_found", "ambiguous", None]),
    dom=st.one_of(st.none(), TEXT, st.lists(TAGS).map("".join)),
    candidates=st.lists(ELEMENTS, max_size=4).map(tuple), element=st.one_of(st.none(), ELEMENTS), url=STRANGE,
    scope=st.one_of(st.none(), STRANGE), message=st.one_of(st.none(), STRANGE), test=STRANGE, file=STRANGE,
    failure_id=STRANGE,
)  # fmt: skip
OUTCOMES = st.builds(
    outcome, locator=STRANGE, healed=STRANGE, scope=STRANGE, outcome_id=STRANGE, worked=st.booleans(),
    decision_id=st.one_of(st.none(), STRANGE), test=st.one_of(st.none(), STRANGE),
)  # fmt: skip
COMMANDS = st.builds(
    command, st.sampled_from(["pin", "veto", "release"]), locator=STRANGE, healed=STRANGE, reason=STRANGE
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(FAILURES, OUTCOMES, COMMANDS), max_size=6))
def test_whatever_is_told_is_decided_counted_or_a_letter(messages):
    heal = Healing(Similar(load_ranker()))
    for each in messages:
        answer = heal.hear(each)
        assert [letter.detail for letter, _ in answer.letters() if letter.reason == "bug"] == []
        for record in answer.records:
            assert b"\0" not in record.value
            assert b"\\u0000" not in record.value or record.topic.endswith(".dlq")


def test_no_text_that_no_store_takes_is_told():
    bad = Element(
        tag="a\0", id="\0", name="\0", class_list=("\0",), href="\0", alt="\0", xpath="\0", id_xpath="\0", role="\0",
        visible_text=("\0",), neighbor_text=("\0",), label="\0", attributes={"\0": "\0"}, landmark="\0", frame="\0",
    )  # fmt: skip
    told = failure(
        failure_id="\0", test="\0", file="\0", locator="#\0", scope="\0", repository="\0", commit="\0", release="\0",
        candidates=(bad, bad), element=bad,
    )  # fmt: skip
    (decision,) = Healing(Similar(load_ranker())).hear(told).of(TOPICS.decisions)
    assert b"proposals" in decision.value
    assert b"\\u0000" not in decision.value


@pytest.mark.parametrize("topic", [TOPICS.failed, TOPICS.outcomes, TOPICS.heal_commands])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_bytes_that_are_no_message_are_a_letter(topic, data):
    good = {TOPICS.failed: failure(), TOPICS.outcomes: outcome(), TOPICS.heal_commands: command("pin")}[topic]
    whole = msgspec.json.encode(good)
    cut = data.draw(st.integers(0, len(whole) - 1))
    value = data.draw(st.one_of(st.binary(max_size=60), st.just(whole[:cut]), st.just(b"[" * 100_000)))
    answer = Healing().turn(Healing().piece(value, topic=topic))
    assert [letter.stage for letter, _ in answer.letters()] == ["heal"]
