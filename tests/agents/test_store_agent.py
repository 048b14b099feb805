import asyncio

import msgspec
import pytest
import stored_rows as rows
from records import TOPICS, Answer, Record, bodies, normalizer, piece, turn

from argus_streams.adapters.memory import MemoryStore
from argus_streams.agents.store import StoreAgent
from argus_streams.core import letters
from argus_streams.core.events import Origin
from argus_streams.core.letters import Letter
from argus_streams.errors import Unavailable
from argus_streams.ports import GroupQuery

DEAD = TOPICS.incoming + ".dlq"


def told(row, offset=0):
    return Record(offset=offset, value=row if isinstance(row, bytes) else msgspec.json.encode(row), headers=())


def groups(*found):
    return piece(*(told(row, offset) for offset, row in enumerate(found)), topic=TOPICS.groups, topic_id="groups-id")


def kept(*found):
    return piece(*(told(row, offset) for offset, row in enumerate(found)), topic=TOPICS.kept, topic_id="kept-id")


def findings(*found, topic):
    return piece(*(told(row, offset) for offset, row in enumerate(found)), topic=topic, topic_id="findings-id")


def dead(*headers):
    records = (Record(offset=offset, value=b"body", headers=tuple(each)) for offset, each in enumerate(headers))
    return piece(*records, topic=DEAD, topic_id="dead-id")


class Stored:
    """STORE over a store in memory, and what is in it."""

    def __init__(self, projects=None):
        self.store = MemoryStore(projects)
        self.agent = StoreAgent(TOPICS, self.store)

    def turn(self, *slices):
        return Answer(list(asyncio.run(self.agent.turn(slices)).records))

    def groups(self):
        return asyncio.run(self.store.groups(GroupQuery()))

    def events(self):
        return asyncio.run(self.store.events("shop", "v1:9f2c", 100))

    def letters(self):
        return asyncio.run(self.store.letters(None, 100))


def test_groups_and_kept_events_are_stored_and_nothing_leaves():
    stored = Stored()
    assert stored.turn(groups(rows.a_group()), kept(rows.a_kept())).records == []
    assert stored.groups() == [rows.a_group()]
    assert stored.events() == [rows.a_kept()]


@pytest.mark.parametrize(
    ("topic", "row"),
    [
        (TOPICS.correlated, rows.an_incident()),
        (TOPICS.analyses, rows.an_analysis()),
        (TOPICS.scores, rows.a_score()),
    ],
)
def test_findings_are_stored_and_what_is_none_is_a_letter(topic, row):
    stored = Stored()
    answer = stored.turn(findings(row, rows.a_letter(), topic=topic))
    assert stored.store.all(type(row)) == [row]
    ((letter, _),) = answer.letters()
    assert (letter.reason, answer.records[0].topic) == ("not a message of this topic", topic + ".dlq")


def test_a_refused_finding_is_a_letter_while_its_neighbours_are_stored():
    stored = Stored(projects=["shop"])
    strangers = rows.an_incident(project="nowhere"), rows.an_incident(project="nowhere", version=rows.Version(1, 2))
    answer = stored.turn(findings(*strangers, rows.an_incident(), topic=TOPICS.correlated))
    assert [letter.origins[0].offset for letter, _ in answer.letters()] == [1]  # the newer one is what is told
    assert stored.store.all(type(strangers[0])) == [rows.an_incident()]


def test_a_turn_told_twice_is_stored_once():
    stored = Stored()
    for _ in range(2):
        assert stored.turn(groups(rows.a_group(), rows.a_group()), kept(rows.a_kept(), rows.a_kept())).records == []
    assert (len(stored.groups()), len(stored.events())) == (1, 1)


@pytest.mark.parametrize("value", [b"", b"{cut", b"null", b'{"project": "shop"}', b"\xff", b"[" * 100_000])
def test_an_unreadable_record_is_a_letter_while_its_neighbours_are_stored(value):
    stored = Stored()
    answer = stored.turn(groups(value, rows.a_group()), kept(rows.a_kept(), value))
    assert [(letter.stage, letter.reason) for letter, _ in answer.letters()] == [
        ("store", "not a message of this topic")
    ] * 2
    assert {record.topic for record in answer.records} == {TOPICS.groups + ".dlq", TOPICS.kept + ".dlq"}
    assert [letter.origins[0] for letter, _ in answer.letters()] == [
        Origin("groups-id", 0, 0, -1),
        Origin("kept-id", 0, 1, -1),
    ]
    assert (len(stored.groups()), len(stored.events())) == (1, 1)


def test_a_refused_row_is_a_letter_while_its_neighbours_are_stored():
    stored = Stored(projects=["shop"])
    stranger = rows.a_group(project="nowhere")
    answer = stored.turn(groups(stranger, rows.a_group()))
    ((letter, body),) = answer.letters()
    assert (letter.reason, body) == ("unknown project", msgspec.json.encode(stranger))
    assert answer.records[0].topic == TOPICS.groups + ".dlq"
    assert [each.project for each in stored.groups()] == ["shop"]


def test_every_record_that_told_a_refused_row_has_its_letter():
    stranger = rows.a_kept(project="nowhere")
    answer = Stored(projects=["shop"]).turn(kept(stranger, rows.a_kept(), stranger))
    assert [letter.origins[0].offset for letter, _ in answer.letters()] == [0, 2]


def test_ten_thousand_refused_rows_take_no_longer_than_they_must():
    strangers = [rows.a_kept(f"e{number}", project="nowhere") for number in range(10_000)]
    assert len(Stored(projects=[]).turn(kept(*strangers)).letters()) == 10_000


def test_a_letter_of_another_stage_ends_among_the_dead_letters():
    answer = turn(normalizer(), bodies(b'{"cut', b"7"))
    stored = Stored()
    assert stored.turn(dead(*(record.headers for record in answer.of(DEAD)))).records == []
    found = sorted(stored.letters(), key=lambda letter: letter.origin)
    assert [each.origin.offset for each in found] == [0, 1]
    assert (found[0].reason, found[0].stage, found[0].project, found[0].size) == ("truncated", "normalize", "shop", 4)


def test_a_letter_of_several_items_is_a_row_for_each():
    origins = tuple(Origin("t", 0, 9, index) for index in (1, 3))
    stored = Stored()
    stored.turn(dead(letters.headers(Letter(stage="normalize", reason="no event", origins=origins, project="shop"))))
    assert sorted(each.origin.index for each in stored.letters()) == [1, 3]


@pytest.mark.parametrize("text", ["shop\0", "\0", "'; drop table dead_letters; --", "x" * 100_000])
def test_no_text_keeps_a_letter_out(text):
    letter = Letter(
        stage="normalize", reason="bad project", detail=text, origins=(Origin("t", 0, 1),), project=text, source=text
    )
    stored = Stored()
    assert stored.turn(dead(letters.headers(letter))).records == []
    assert len(stored.letters()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("argus-origins", b"{}"),),
        (("argus-origins", b"[]"), ("argus-reason", b"x"), ("argus-stage", b"group")),
        (("argus-origins", b'[["t",0,1,0]]'), ("argus-reason", b"x"), ("argus-stage", b"no stage")),
        (("argus-origins", b"[" * 100_000),),
        (("argus-origins", None),),
    ],
)
def test_a_record_among_the_letters_that_is_none_stays_where_it_is(headers):
    good = letters.headers(Letter(stage="group", reason="wrong key", origins=(Origin("t", 0, 1),)))
    stored = Stored()
    assert stored.turn(dead(headers, good)).records == []  # a letter about a letter would go round for ever
    assert [each.reason for each in stored.letters()] == ["wrong key"]


class Away:
    """A store whose database does not answer."""

    async def purged(self, _projects):
        return {}

    async def write(self, _batch):
        raise Unavailable("the database does not answer")


def test_a_database_that_is_away_holds():
    agent = StoreAgent(TOPICS, Away())
    with pytest.raises(Unavailable):
        asyncio.run(agent.turn([groups(rows.a_group())]))
