"""A body whose sender asked for it is followed from stage to stage; any other costs nothing and leaves no trace."""

import asyncio

import builders
import msgspec
import pytest
import stored_rows as rows
from otlp_receiver import KINDS
from records import SHOP, TOPICS, Memory, Record, normalizer, piece

from argus_streams.adapters.bursts import load_bursts
from argus_streams.adapters.memory import MemoryStore
from argus_streams.adapters.memory_traces import MemoryTracer
from argus_streams.agents.group import GroupAgent
from argus_streams.agents.store import StoreAgent
from argus_streams.agents.tracing import Tracing
from argus_streams.core import tracing
from argus_streams.core.tracing import Context
from argus_streams.streaming.agent import State

GOOD = b'{"type": "StockError", "message": "stock of 7 is negative"}'
OTHER = b'{"type": "PriceError", "message": "no price"}'


def sender(number):
    """The span in which a producer sent a body."""
    return Context(f"{number:032x}", f"{number:016x}")


def header(context):
    return (tracing.HEADER, tracing.format_(context).encode())


def body(offset, value=GOOD, *, sender_of=None, headers=SHOP):
    asked = (header(sender(sender_of)),) if sender_of else ()
    return Record(offset=offset, value=value, headers=(*headers, *asked))


class Followed:
    """Stages with a trace each, and one clock."""

    def __init__(self, limit=100):
        self.tracer, self.now = MemoryTracer(), 0.0
        self.trace = Tracing(limit, self.tracer, lambda: self.now).turn
        self.table, self.store = Memory(), MemoryStore(["shop"])

    def normalize(self, *records):
        return asyncio.run(normalizer(trace=self.trace).turn([piece(*records)]))

    def group(self, *records, topic=TOPICS.normalized):
        state = State(self.table)
        agent = GroupAgent(TOPICS, load_bursts(None), trace=self.trace)
        effects = asyncio.run(agent.turn([piece(*records, topic=topic, topic_id="normalized-id")], state))
        self.table.keep(state.changes())
        return effects

    def put(self, topic, *records):
        agent = StoreAgent(TOPICS, self.store, trace=self.trace)
        return asyncio.run(agent.turn([piece(*records, topic=topic, topic_id="stored-id")]))


def sent(effects, topic):
    return [record for record in effects.records if record.topic == topic]


def arrived(records):
    """What left a stage, as the next one reads it."""
    return [
        Record(offset=offset, key=each.key, value=each.value, headers=tuple(each.headers))
        for offset, each in enumerate(records)
    ]


def cause(record):
    return tracing.parse(dict(record.headers).get(tracing.HEADER, b"").decode())


def told(span):
    """An outcome, and the error if there is one."""
    return (span.attributes["argus.outcome"], span.error)


# -- NORMALIZE --------------------------------------------------------------------------------------------------------


def test_a_body_that_is_followed_is_a_span_of_its_senders_trace_and_its_sighting_goes_on_from_it():
    effects = Followed().normalize(body(7, sender_of=1))
    (span,) = effects.spans
    (sighting,) = sent(effects, TOPICS.normalized)
    assert (span.name, span.parent, told(span)) == ("normalize", sender(1), ("normalised", ""))
    assert span.attributes["messaging.kafka.offset"] == 7
    assert (span.attributes["argus.project"], span.attributes["argus.source"]) == ("shop", "argus")
    assert cause(sighting) == span.context
    assert sighting.key.decode().split(":", 1)[1] == span.attributes["argus.fingerprints"][0]


def test_a_sighting_of_several_followed_bodies_is_a_child_of_the_first_and_linked_with_the_others():
    effects = Followed().normalize(
        body(0, sender_of=1), body(1), body(2, OTHER, sender_of=4), body(3, sender_of=2), body(4, sender_of=3)
    )
    of = {span.parent: span for span in effects.spans if span.name == "normalize"}
    (joined,) = [span for span in effects.spans if span.name == "sighting"]
    seen, other = sent(effects, TOPICS.normalized)
    assert joined.parent == of[sender(1)].context
    assert joined.links == (of[sender(2)].context, of[sender(3)].context)
    assert joined.attributes["argus.bodies"] == 4
    assert (cause(seen), cause(other)) == (joined.context, of[sender(4)].context)


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (body(0, b"{", sender_of=1), ("dead", "not JSON")),
        (body(0, headers=(("ce_source", b"Strange <b>one</b>"), ("project", b"J. Doe")), sender_of=1), None),
        (body(0, headers=(*SHOP[1:], ("ce_source", b"github"), ("x-github-event", b"star")), sender_of=1), None),
    ],
)
def test_what_is_dead_or_ignored_says_why_and_nothing_of_what_its_sender_wrote(record, outcome):
    effects = Followed().normalize(record)
    (span,) = effects.spans
    assert told(span)[0] in {"dead", "ignored"}
    assert outcome is None or span.attributes["argus.outcome"] == outcome[0]
    assert span.error == (span.attributes["argus.reason"] if told(span)[0] == "dead" else "")
    assert "Strange" not in str(span.attributes)
    assert "Doe" not in str(span.attributes)
    for letter in sent(effects, TOPICS.dead(TOPICS.incoming)):
        assert cause(letter) == sender(1)  # it keeps its headers: a replay of it goes on in the same trace


def test_a_header_that_is_wrong_or_asks_for_nothing_is_no_trace():
    wrong = [b"", b"\xff\xfe", b"00-1-2-01", tracing.format_(sender(1)).encode()[:-1] + b"0"]
    records = [
        Record(offset=offset, value=GOOD, headers=(*SHOP, (tracing.HEADER, value)))
        for offset, value in enumerate(wrong)
    ]
    effects = Followed().normalize(*records)
    assert effects.spans == []
    assert sent(effects, TOPICS.normalized)[0].headers == ()


def test_without_a_tracer_nothing_is_followed():
    effects = asyncio.run(normalizer().turn([piece(body(0, sender_of=1))]))
    assert effects.spans == []
    assert not sent(effects, TOPICS.normalized)[0].headers


def test_the_same_bodies_read_again_are_the_same_spans():
    records = [body(0, sender_of=1), body(1, sender_of=2)]
    assert Followed().normalize(*records).spans == Followed().normalize(*records).spans


def test_a_body_of_very_many_problems_brings_a_bounded_number_of_spans():
    alerts = [
        {"status": "firing", "labels": {"alertname": f"Alert{chr(97 + n // 26)}{chr(97 + n % 26)}"}} for n in range(60)
    ]
    headers = (("ce_source", b"alertmanager"), SHOP[1])
    many = msgspec.json.encode({"version": "4", "alerts": alerts})
    records = [body(offset, many, sender_of=offset + 1, headers=headers) for offset in range(2)]
    effects = Followed().normalize(*records)
    assert len(sent(effects, TOPICS.normalized)) == 60
    assert len(effects.spans) == 2 + 16


def test_more_than_so_many_a_second_are_processed_but_not_followed():
    followed = Followed(limit=3)
    records = [body(offset, sender_of=offset + 1) for offset in range(10)]
    effects = followed.normalize(*records)
    assert len([span for span in effects.spans if span.name == "normalize"]) == 3
    assert len(msgspec.json.decode(sent(effects, TOPICS.normalized)[0].value)["occurrences"]) == 10
    followed.now += 1 / 3
    assert len(followed.normalize(body(10, sender_of=11), body(11, sender_of=12)).spans) == 1
    followed.now += 3600
    assert len([span for span in followed.normalize(*records).spans if span.name == "normalize"]) == 3
    assert followed.tracer.beyond == 7 + 1


# -- GROUP ------------------------------------------------------------------------------------------------------------


def seen(offset, *offsets, sender_of=None, **fields):
    message = builders.sighting(*(builders.occurrence(each) for each in offsets), **fields)
    headers = (header(sender(sender_of)),) if sender_of else ()
    return Record(offset=offset, key=b"shop:v1:aa", value=msgspec.json.encode(message), headers=headers)


def test_what_group_tells_of_a_followed_sighting_goes_on_from_its_span():
    effects = Followed().group(seen(0, 0, 1, sender_of=1))
    (span,) = effects.spans
    assert (span.name, span.parent, told(span)) == ("group", sender(1), ("counted", ""))
    assert (span.attributes["argus.count"], span.attributes["argus.status"]) == (2, "open")
    for topic in (TOPICS.groups, TOPICS.kept, TOPICS.signals):
        assert {cause(record) for record in sent(effects, topic)} == {span.context}


def test_a_snapshot_after_several_followed_sightings_is_linked_with_all():
    effects = Followed().group(seen(0, 0, sender_of=1), seen(1, 1), seen(2, 2, sender_of=2))
    first, second, joined = effects.spans
    assert (joined.name, joined.parent, joined.links) == ("snapshot", first.context, (second.context,))
    assert cause(sent(effects, TOPICS.groups)[0]) == joined.context


def test_a_sighting_that_was_counted_before_is_the_same_span_and_says_so():
    followed = Followed()
    before = followed.group(seen(0, 0, sender_of=1)).spans
    effects = followed.group(seen(0, 0, sender_of=1))
    assert [told(span)[0] for span in effects.spans] == ["repeat"]
    assert [span.context for span in effects.spans] == [span.context for span in before]
    assert effects.records == []


def test_a_sighting_that_group_can_not_read_is_an_error_of_its_trace():
    effects = Followed().group(Record(value=b"{", key=b"k", headers=(header(sender(1)),)))
    assert [(told(span), span.parent) for span in effects.spans] == [(("dead", "not a sighting"), sender(1))]


# -- STORE ------------------------------------------------------------------------------------------------------------


def test_each_row_that_is_written_is_a_span_with_its_table_and_key():
    record = Record(value=msgspec.json.encode(rows.a_group()), headers=(header(sender(1)),))
    (span,) = Followed().put(TOPICS.groups, record, record._replace(offset=1, headers=())).spans
    assert (span.name, span.parent, told(span)) == ("store", sender(1), ("stored", ""))
    table, row = span.attributes["db.collection.name"], span.attributes["argus.row"]
    assert (table, row) == ("error_groups", f"shop/{rows.a_group().fingerprint}")


def test_a_row_that_is_refused_is_an_error_of_its_trace():
    group = msgspec.structs.replace(rows.a_group(), project="unheard-of")
    record = Record(value=msgspec.json.encode(group), headers=(header(sender(1)),))
    (span,) = Followed().put(TOPICS.groups, record).spans
    assert told(span) == ("refused", "unknown project")


def test_a_letter_is_one_span_however_many_places_it_stands_for():
    letters = Followed().normalize(body(0, b"{", sender_of=1)).records
    (letter,) = [each for each in letters if each.topic == TOPICS.dead(TOPICS.incoming)]
    (span,) = Followed().put(letter.topic, *arrived([letter])).spans
    assert (span.attributes["db.collection.name"], span.parent) == ("dead_letters", sender(1))


# -- all of it --------------------------------------------------------------------------------------------------------


def test_one_trace_leads_from_the_senders_span_to_the_rows():
    followed = Followed()
    normalized = followed.normalize(body(0, sender_of=1))
    grouped = followed.group(*arrived(sent(normalized, TOPICS.normalized)))
    stored = [
        *followed.put(TOPICS.groups, *arrived(sent(grouped, TOPICS.groups))).spans,
        *followed.put(TOPICS.kept, *arrived(sent(grouped, TOPICS.kept))).spans,
    ]
    spans = [*normalized.spans, *grouped.spans, *stored]
    parents = {span.context: span.parent for span in spans}
    assert {span.context.trace_id for span in spans} == {sender(1).trace_id}
    for span in stored:
        assert parents[parents[parents[span.context]]] == sender(1)
    assert {span.attributes["db.collection.name"] for span in stored} == {"error_groups", "production_events"}
    assert {span.kind for span in spans} <= set(KINDS.values())
