"""What CORRELATE, HEAL and ANALYZE make of a record that is followed goes on in its trace."""

import asyncio

import msgspec
from analyzing import Analyzing, asked, request, scenario
from healing import Healing, failure
from records import TOPICS, Record, piece
from test_correlate_agent import Correlating, breakage, records, signal

from argus_streams.adapters.memory_traces import MemoryTracer
from argus_streams.agents.tracing import Tracing
from argus_streams.core import tracing
from argus_streams.core.tracing import Context
from argus_streams.streaming.agent import State

SENDERS = [Context(f"{number:032x}", f"{number:016x}") for number in (1, 2, 3)]


def followed():
    return Tracing(100, MemoryTracer(), lambda: 0.0).turn


def asks(record, sender):
    """The record as its producer sends it that wants it followed."""
    return record._replace(headers=((tracing.HEADER, tracing.format_(sender).encode()),))


def turn(stage, *slices):
    return asyncio.run(stage.agent.turn(slices, State(stage.table)))


def causes(effects, topic):
    sent = [record for record in effects.records if record.topic == topic]
    return [tracing.parse(dict(record.headers).get(tracing.HEADER, b"").decode()) for record in sent]


def of(*found, topic):
    return piece(*found, topic=topic, topic_id=f"{topic}-id")


def test_an_incident_and_its_request_go_on_from_the_one_signal_of_it_that_is_followed():
    told = records(*breakage())
    effects = turn(Correlating(followed()), of(*told[:2], asks(told[2], SENDERS[0]), *told[3:], topic=TOPICS.signals))
    (span,) = effects.spans
    assert (span.name, span.parent, span.attributes["argus.kind"]) == ("correlate", SENDERS[0], "group_new")
    assert causes(effects, TOPICS.correlated) == causes(effects, TOPICS.requests) == [span.context]


def test_an_incident_of_several_followed_signals_is_linked_with_all_of_them():
    told = records(*breakage())
    asking = [asks(record, sender) for record, sender in zip(told[1:4], SENDERS, strict=True)]
    effects = turn(Correlating(followed()), of(told[0], *asking, told[4], topic=TOPICS.signals))
    first, second, third, joined = (span for span in effects.spans)
    assert (joined.name, joined.parent, joined.links) == ("incident", first.context, (second.context, third.context))
    assert causes(effects, TOPICS.correlated) == [joined.context]


def test_a_signal_that_was_heard_before_is_the_same_span_and_says_so():
    correlating = Correlating(followed())
    told = of(asks(records(*breakage())[1], SENDERS[0]), topic=TOPICS.signals)
    (before,) = asyncio.run(correlating.agent.turn([told], state := State(correlating.table))).spans
    correlating.table.keep(state.changes())
    (again,) = turn(correlating, told).spans
    assert again.context == before.context
    assert (before.attributes["argus.outcome"], again.attributes["argus.outcome"]) == ("heard", "repeat")


def test_an_incident_that_a_followed_signal_is_not_in_is_in_no_trace():
    stranger = signal("push", "acme/other@abc", 0, service="other", environment=None)
    told = records(*breakage(), stranger)
    effects = turn(Correlating(followed()), of(*told[:-1], asks(told[-1], SENDERS[0]), topic=TOPICS.signals))
    assert [span.name for span in effects.spans] == ["correlate"]
    assert causes(effects, TOPICS.correlated) == [None]


def test_a_decision_about_a_broken_locator_goes_on_from_its_failure():
    heal = Healing(trace=followed())
    (plain,) = heal.piece(failure()).records
    effects = turn(heal, of(asks(plain, SENDERS[0]), topic=TOPICS.failed))
    (span,) = effects.spans
    assert (span.name, span.parent, span.attributes["argus.outcome"]) == ("heal", SENDERS[0], "ask")
    assert causes(effects, TOPICS.decisions) == [span.context]


def test_a_record_that_can_not_be_read_is_an_error_of_its_trace():
    broken = asks(Record(value=b"{", key=b"shop"), SENDERS[0])
    for stage, topic in (
        (Correlating(followed()), TOPICS.signals),
        (Healing(trace=followed()), TOPICS.failed),
        (Analyzing(trace=followed()), TOPICS.requests),
    ):
        (span,) = turn(stage, of(broken, topic=topic)).spans
        assert (span.parent, span.attributes["argus.outcome"]) == (SENDERS[0], "dead")
        assert span.error.startswith("not a")


@scenario
async def test_an_analysis_goes_on_from_its_request_however_many_turns_later_and_whoever_tells_it():
    worker = Analyzing(trace=followed(), delay=60_000)
    (plain,) = asked(request()).records
    effects = await worker.agent.turn(
        [of(asks(plain, SENDERS[0]), topic=TOPICS.requests)], state := State(worker.table)
    )
    worker.table.keep(state.changes())
    (span,) = effects.spans
    assert (span.name, span.parent) == ("analyze", SENDERS[0])
    assert worker.told() == []

    again = worker.restarted()
    again.now += 120_000
    answer = await again.turn()
    assert causes(answer, TOPICS.analyses) == [span.context]


@scenario
async def test_an_analysis_that_nobody_follows_names_nothing():
    worker = Analyzing(trace=followed())
    answer = await worker.turn(asked(request()))
    assert causes(answer, TOPICS.analyses) == [None]
    assert all(not record.headers for record in answer.records)
    assert msgspec.json.decode(answer.of(TOPICS.analyses)[0].value)["by"] == "rules"
