import asyncio
import json

import pytest
import records
from records import NOW, SHOP, TOPICS, Record, bodies, normalizer, norms, piece, turn

from argus_streams.core import packed
from argus_streams.core.grouping import sighting
from argus_streams.core.letters import CLIPPED_BYTES, WHOLE, WHOLE_BYTES
from argus_streams.errors import Unavailable


def event(message="stock of 7 is negative", **fields):
    return json.dumps({"message": message, "type": "StockError"} | fields).encode()


GOOD = event()


class Buggy:
    """A source with a mistake of ours in it."""

    name = "buggy"
    room = 0

    def read(self, body):
        return body.value.nothing_of_that_name


class Half:
    """A source of which one item in two fails by a mistake of ours."""

    name = "half"
    room = 0

    def read(self, body):
        if body.value == b"bad":
            raise ZeroDivisionError("of ours")
        return ()


def test_every_body_is_accounted_for():
    star = Record(
        offset=3, headers=(("ce_source", b"github"), ("project", b"shop"), ("x-github-event", b"star")), value=b"{}"
    )
    answer = turn(normalizer(), piece(*bodies(GOOD, b"{cut", GOOD).records, star))
    totals = answer.totals(4)
    assert (totals.bodies, totals.normalised, totals.dead, totals.ignored, totals.events) == (4, 2, 1, 1, 2)
    assert totals.missing == 2  # the two events: GROUP speaks of them


def test_one_problem_of_a_chunk_is_one_sighting_under_its_groups_key():
    answer = turn(normalizer(), bodies(GOOD, GOOD, GOOD))
    (seen,) = answer.sightings()
    (record,) = answer.of(TOPICS.normalized)
    assert [each.offset for each in seen.occurrences] == [0, 1, 2]
    assert record.key == f"shop:{seen.fingerprint}".encode()


def test_with_every_event_kept_each_has_a_sighting_of_its_own():
    answer = turn(normalizer(fold=sighting.Single), bodies(GOOD, GOOD))
    assert [len(each.occurrences) for each in answer.sightings()] == [1, 1]


@pytest.mark.parametrize(("since", "replayed"), [(NOW, False), (NOW + 1, True)])
def test_a_signal_of_before_the_generation_is_told_as_replayed(since, replayed):
    report = b'<testsuite><testcase name="adds"/></testsuite>'
    headers = (("ce_source", b"testreports"), ("project", b"shop"))
    answer = turn(normalizer(since=since), piece(Record(value=report, headers=headers)))
    assert [each.get("replayed", False) for each in answer.signals()] == [replayed]


def test_a_report_is_a_signal_and_a_failure_a_test_and_counts_no_event():
    report = b'<testsuite><testcase name="adds"><failure>no</failure></testcase><testcase name="b"/></testsuite>'
    headers = (("ce_source", b"testreports"), ("project", b"shop"))
    packed_too = (*headers, (packed.HEADER, b"gzip"))
    answer = turn(
        normalizer(),
        piece(Record(value=report, headers=headers), Record(offset=1, value=packed.pack(report), headers=packed_too)),
    )
    failed = answer.of(TOPICS.failed)
    assert [record.key for record in failed] == [b"shop", b"shop"]
    assert [json.loads(record.value)["test"] for record in failed] == ["adds", "adds"]
    assert len({json.loads(record.value)["failure_id"] for record in failed}) == 2
    assert [each["title"] for each in answer.signals()] == ["1 of 2 tests failed"] * 2
    totals = answer.totals(2)
    assert (totals.normalised, totals.events, totals.missing) == (2, 0, 0)


def test_a_large_report_is_read_while_the_loop_goes_on():
    cases = b'<testcase classname="shop.Cart" name="adds an item" time="0.1"/>' * 150_000
    report = b'<testsuite><testcase name="pays"><failure>no</failure></testcase>%s</testsuite>' % cases
    headers = (("ce_source", b"testreports"), ("project", b"shop"), (packed.HEADER, b"gzip"))
    slices = [piece(Record(value=packed.pack(report), headers=headers))]

    async def ticks_beside():
        turning = asyncio.ensure_future(normalizer().turn(slices))
        ticks = 0
        while not turning.done():
            await asyncio.sleep(0.001)
            ticks += 1
        return ticks, await turning

    ticks, effects = asyncio.run(ticks_beside())
    assert ticks > 3, "the loop stood still"
    assert [record.topic for record in effects.records if record.topic == TOPICS.failed] == [TOPICS.failed]


def test_a_bad_item_is_a_letter_while_its_neighbours_go_on():
    body = json.dumps({"events": [{"message": "one"}, 7, {"message": "two"}, "x", {"kind": "no such kind"}]}).encode()
    answer = turn(normalizer(), bodies(body))
    assert len(answer.sightings()) == 2
    refused = sorted(origin.index for letter, _ in answer.letters() for origin in letter.origins)
    assert refused == [1, 3, 4]
    assert all(value == body for _, value in answer.letters())
    totals = answer.totals(1)
    assert (totals.normalised, totals.rejected, totals.events) == (1, 3, 2)


def test_ten_thousand_bad_items_do_not_multiply_their_body():
    body = json.dumps({"events": [7] * 10_000}).encode()
    answer = turn(normalizer(), bodies(body, GOOD))
    ((letter, value),) = answer.letters()
    assert len(letter.origins) == 10_000
    assert value == body
    assert sum(len(content) for _, content in answer.of(TOPICS.incoming + ".dlq")[0].headers) < 1024 * 1024
    assert len(answer.sightings()) == 1


REFUSED = {
    "oversized": (b'{"message": "' + b"x" * 1_048_576 + b'"}', "too large"),
    "truncated": (b'{"message": "cut o', "truncated"),
    "not UTF-8": (b'{"message": "\xff\xfe"}', "not UTF-8"),
    "UTF-16": ('{"message": "a"}'.encode("utf-16"), "not UTF-8"),
    "deeply nested": (b'{"message": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deeply"),
    "NaN": (b'{"value": NaN}', "NaN or Infinity"),
    "Infinity": (b'{"value": -Infinity}', "NaN or Infinity"),
    "a number without end": (b'{"occurred_at": 1e999}', "number out of range"),
    "empty": (b"", "empty body"),
    "blank": (b" \n", "empty body"),
    "a number": (b"7", None),
    "a text": (b'"text"', None),
    "null": (b"null", None),
    "a list of numbers": (b"[1, 2]", None),
    "a log line": (b"ERROR something happened", "not JSON"),
}


@pytest.mark.parametrize("source", ["argus", "sentry", "github", "alertmanager", "otlp"])
@pytest.mark.parametrize(("body", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_bad_body_is_one_letter_with_its_reason_and_origin(body, reason, source):
    headers = (("ce_source", source.encode()), ("project", b"shop"), ("x-github-event", b"workflow_run"))
    bad = Record(value=body, offset=1, headers=headers)
    answer = turn(normalizer(), piece(Record(value=GOOD), bad, Record(value=GOOD, offset=2)))
    ((letter, value),) = answer.letters()
    assert (letter.stage, letter.source, letter.project) == ("normalize", source, "shop")
    assert letter.reason
    if source in {"argus", "github", "alertmanager"} and reason:
        assert letter.reason == reason
    assert letter.reason != "bug", letter.detail
    assert {origin.offset for origin in letter.origins} == {1}
    assert value == body
    assert [each.offset for each in answer.sightings()[0].occurrences] == [0, 2]
    assert answer.totals(3).dead == 1


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ((("ce_source", b"rumours"), ("project", b"shop")), "unknown source"),
        ((("project", b"shop"),), "no source"),
        ((("ce_source", b""), ("project", b"shop")), "no source"),
        ((("ce_source", b"argus"),), "no project"),
        ((("ce_source", b"argus"), ("project", b"The Shop")), "bad project"),
        ((("ce_source", b"argus"), ("project", b"'; drop table projects; --")), "bad project"),
        ((("ce_source", b"argus"), ("project", b"a" * 100_000)), "bad project"),
        ((("ce_source", b"argus"), ("project", b"shop\0")), "bad project"),
        ((("ce_source", b"\xff\xfe"), ("project", b"\xff")), "unknown source"),
        ((("ce_source", None), ("project", None)), "no source"),
    ],
)
def test_a_record_that_does_not_say_whose_it_is_is_a_letter(headers, reason):
    bad = Record(value=GOOD, headers=headers)
    answer = turn(normalizer(), piece(bad, Record(value=GOOD, offset=1)))
    ((letter, _),) = answer.letters()
    assert letter.reason == reason
    assert letter.origins[0].index == WHOLE
    assert [each.offset for each in answer.sightings()[0].occurrences] == [1]
    assert answer.totals(2).dead == 1


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", -62_135_596_800, 253_402_300_799])
def test_a_time_that_can_not_be_right_gives_way_to_kafkas(told):
    answer = turn(normalizer(), bodies(event(occurred_at=told)))
    assert [each.event.occurred_at for each in answer.sightings()] == [NOW]


def test_ten_thousand_frames_are_cut_to_what_an_event_may_have():
    frames = [{"function": f"f{number}", "module": "shop.deep"} for number in range(10_000)]
    body = event(exceptions=[{"type": "RecursionError", "value": "too deep", "frames": frames}])
    (seen,) = turn(normalizer(), bodies(body)).sightings()
    (exception,) = seen.event.exceptions
    assert (len(exception.frames), exception.frames[0].function, exception.frames[-1].function) == (250, "f0", "f9999")


def test_a_message_of_five_megabytes_is_cut_where_the_limit_lets_it_in():
    answer = turn(normalizer(norms(body=8_388_608)), bodies(event("x" * 5_000_000), GOOD))
    assert len(answer.sightings()) == 2
    assert max(len(record.value) for record in answer.records) < 256 * 1024
    assert len(answer.sightings()[0].event.message) == 8192


@pytest.mark.parametrize(
    "text", ["cut \\ud83d here", "nul \\u0000 here", "'; drop table production_events; --", "%s %(x)s {} $1"]
)
def test_no_text_stops_its_event(text):
    answer = turn(normalizer(), bodies(b'{"message": "' + text.encode() + b'", "type": "' + text.encode() + b'"}'))
    (seen,) = answer.sightings()
    assert "\0" not in seen.event.message
    assert not answer.letters()


def test_a_bug_of_ours_is_a_letter_that_tells_its_last_frames():
    read = norms({"argus": Buggy()})
    ((letter, value),) = turn(normalizer(read), bodies(GOOD)).letters()
    assert (letter.reason, value) == ("bug", GOOD)
    assert "AttributeError" in letter.detail
    assert "read (test_normalize_agent.py:" in letter.detail
    assert "/" not in letter.detail


def test_a_bug_that_quotes_a_secret_tells_none():
    class Quoting(Buggy):
        def read(self, body):
            return {}["password=hunter2", body.value]

    ((letter, _),) = turn(normalizer(norms({"argus": Quoting()})), bodies(GOOD)).letters()
    assert letter.reason == "bug"
    assert "hunter2" not in letter.detail


def test_a_thousand_bugs_in_a_row_hold_and_hold_again_until_they_end():
    agent = normalizer(norms({"argus": Buggy()}))
    assert len(turn(agent, bodies(*[GOOD] * 999)).letters()) == 999
    for _ in range(3):
        with pytest.raises(Unavailable, match=r"1,000 records in a row failed: AttributeError"):
            turn(agent, bodies(GOOD))


def test_a_body_that_is_understood_ends_the_row_of_bugs():
    agent = normalizer(norms({"argus": Half()}))
    for _ in range(3):
        assert len(turn(agent, bodies(*[b"bad"] * 999, b"fine")).letters()) == 999


def test_a_topic_whose_producers_set_no_headers_is_mapped():
    agent = normalizer(defaults={"legacy-errors": ("argus", "shop")})
    records_ = (Record(topic="legacy-errors", value=GOOD, headers=()), Record(value=b"{", offset=1, headers=()))
    answer = turn(agent, piece(*records_, topic="legacy-errors", topic_id="legacy-id", partition=3))
    (seen,) = answer.sightings()
    assert (seen.project, seen.event.source, seen.topic, seen.partition) == ("shop", "argus", "legacy-id", 3)
    ((letter, _),) = answer.letters()
    assert (letter.project, letter.source, letter.origins[0].topic) == ("shop", "argus", "legacy-id")
    # in the one dead-letter topic that is declared: nobody would make, or read, one of theirs
    assert answer.of(TOPICS.incoming + ".dlq")
    assert answer.totals(2, topic="legacy-id", partition=3).bodies == 2


def test_headers_of_a_mapped_topic_beat_its_mapping():
    agent = normalizer(defaults={"legacy-errors": ("sentry", "warehouse")})
    answer = turn(agent, piece(Record(value=GOOD, headers=SHOP), topic="legacy-errors"))
    assert [(each.project, each.event.source) for each in answer.sightings()] == [("shop", "argus")]


def test_what_retention_took_is_told():
    answer = turn(normalizer(), piece(Record(value=GOOD, offset=7), expired=(0, 7)))
    totals = answer.totals(8)
    assert (totals.bodies, totals.expired, totals.normalised) == (1, 7, 1)


def test_a_letter_fits_into_a_record_whatever_its_record_was():
    headers = (*SHOP, ("x-small", b"kept"), ("x-huge", b"h" * 4_000_000))
    bad = Record(value=b"{" + b"x" * 4_000_000, key=b"k" * 100_000, headers=headers)
    (record,) = turn(normalizer(norms(body=8_388_608)), piece(bad)).of(TOPICS.incoming + ".dlq")
    size = len(record.value) + sum(len(name) + len(value) for name, value in record.headers) + len(record.key or b"")
    assert size < WHOLE_BYTES
    assert record.value == bad.value[:CLIPPED_BYTES]
    assert ("x-small", b"kept") in record.headers


def test_a_letter_carries_the_headers_of_its_record():
    bad = Record(value=b"{", headers=(*SHOP, ("ce_id", b"7"), ("traceparent", b"00-1-2-01")))
    (record,) = turn(normalizer(), piece(bad)).of(TOPICS.incoming + ".dlq")
    assert {("ce_id", b"7"), ("traceparent", b"00-1-2-01"), *SHOP} <= set(record.headers)


def test_the_same_slices_give_the_same_records():
    slices = (bodies(GOOD, b"{", event("another")), piece(Record(value=GOOD, partition=1), partition=1))
    assert turn(normalizer(), *slices) == turn(normalizer(), *slices)


def test_other_tasks_get_a_turn_while_many_bodies_are_read():
    async def both():
        reading = asyncio.create_task(normalizer().turn([bodies(*[GOOD] * 2000)]))
        breaths = 0
        while not reading.done():
            breaths += 1
            await asyncio.sleep(0)
        return breaths

    assert asyncio.run(both()) > 5


def test_bodies_of_every_source_travel_together():
    found = records.norms().sources
    slices = [
        piece(Record(headers=(("ce_source", name.encode()), ("project", b"shop")), partition=number), partition=number)
        for number, name in enumerate(found)
    ]
    answer = turn(normalizer(), *slices)
    assert {record.partition for record in answer.ledger()} == set(range(len(found)))
