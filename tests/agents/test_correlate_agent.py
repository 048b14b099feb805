"""CORRELATE over a table in memory."""

import asyncio
from itertools import islice, permutations

import msgspec
import pytest
from records import NOW, TOPICS, Answer, Memory, Record, piece

from argus_streams.adapters.incident_rules import load_incident_rules
from argus_streams.adapters.weights import load_weights
from argus_streams.agents.correlate import CorrelateAgent
from argus_streams.agents.correlate_turn import AGENDA
from argus_streams.agents.scoring import Scoring
from argus_streams.agents.tracing import untraced
from argus_streams.core.events import Signal
from argus_streams.core.findings import AnalysisRequest, Incident, IncidentCommand, Score
from argus_streams.streaming.agent import State

MINUTE = 60_000


class Table(Memory):
    def partitions(self):
        return (0,)


class Correlating:
    """CORRELATE; each turn's changes are kept, as the engine does once all is confirmed."""

    def __init__(self, trace=untraced):
        self.now = NOW
        self.agent = CorrelateAgent(
            TOPICS, load_incident_rules(None), Scoring(load_weights(None)), clock=lambda: self.now, trace=trace
        )
        self.table = Table()
        self._offset = 0

    def turn(self, *slices):
        state = State(self.table)
        answer = Correlated(list(asyncio.run(self.agent.turn(slices, state)).records))
        self.table.keep(state.changes())
        return answer

    def hear(self, *messages, key=b"shop"):
        topic = TOPICS.incident_commands if isinstance(messages[0], IncidentCommand) else TOPICS.signals
        records = []
        for each in messages:
            at = each.received_at if isinstance(each, Signal) else self.now
            value = each if isinstance(each, bytes) else msgspec.json.encode(each)
            records.append(Record(offset=self._offset, key=key, value=value, timestamp=at, headers=()))
            self._offset += 1
        return self.turn(piece(*records, topic=topic, topic_id=f"{topic}-id"))


class Correlated(Answer):
    def incidents(self):
        return [msgspec.json.decode(record.value, type=Incident) for record in self.of(TOPICS.correlated)]

    def requests(self):
        return [msgspec.json.decode(record.value, type=AnalysisRequest) for record in self.of(TOPICS.requests)]


def signal(kind, subject, at, **fields):
    usual = {"title": subject, "project": "shop", "source": "sentry", "service": "web", "environment": "production"}
    usual |= {"signal_id": f"{kind} {subject} {at}", "received_at": NOW + int(at * MINUTE)}
    return Signal(kind=kind, subject=subject, **(usual | fields))


def breakage(at=0, **fields):
    deploy = signal("deploy", "web/production", at, status="success", release="r2", **fields)
    groups = [signal("group_new", f"v1:{n}", at + 1 + n / 4, of="error", release="r2", **fields) for n in range(4)]
    return [deploy, *groups]


def records(*signals):
    return [
        Record(offset=at, key=b"shop", value=msgspec.json.encode(each), timestamp=each.received_at, headers=())
        for at, each in enumerate(signals)
    ]


def test_an_incident_leaves_under_its_key_with_the_owners_epoch_and_a_request_under_its_projects():
    answer = Correlating().hear(*breakage())
    (incident,), (request,) = answer.incidents(), answer.requests()
    assert answer.of(TOPICS.correlated)[0].key == f"shop:{incident.incident}".encode()
    assert answer.of(TOPICS.requests)[0].key == b"shop"
    assert (incident.version.epoch, incident.version.writes, incident.signals) == (5, 1, 5)
    assert request.subject == incident.incident
    assert request.incident == incident


def test_repeats_leave_nothing_in_the_same_turn_and_in_later_ones():
    correlating = Correlating()
    assert correlating.hear(*breakage(), *breakage()).incidents()[0].signals == 5
    assert correlating.hear(*breakage()).records == []


def test_the_state_is_small_and_no_groups_key():
    correlating = Correlating()
    correlating.hear(*breakage())
    keys = {key for _, key in correlating.table.values} - {AGENDA}
    assert {key for key in keys if key != b"shop" and not key.startswith(b"shop/")} == set()
    assert sum(len(value or b"") for value in correlating.table.values.values()) < 6_000


def test_projects_do_not_meet():
    correlating = Correlating()
    first, second = breakage()[:3], breakage(project="mall")[3:]
    assert not correlating.hear(*first).incidents()
    assert not correlating.hear(*second, key=b"mall").incidents()


def ordered(project="shop", **fields):
    return msgspec.json.encode({"project": project, "incident": "i-0123456789abcdef", "action": "resolve"} | fields)


@pytest.mark.parametrize(
    ("value", "topic", "reason"),
    [
        (b"{", TOPICS.signals, "not a signal"),
        (None, TOPICS.signals, "not a signal"),
        (b"[]", TOPICS.incident_commands, "not a command"),
        (ordered("mall"), TOPICS.incident_commands, "wrong key"),
        (ordered(action="bless"), TOPICS.incident_commands, "not a command"),
        (ordered(), TOPICS.incident_commands, "no such incident"),
        (ordered(action="merge"), TOPICS.incident_commands, "a merge into nothing"),
        (b" " * 9_000, TOPICS.incident_commands, "command too large"),
    ],
)
def test_a_record_of_no_use_becomes_a_letter_and_its_neighbours_go_on(value, topic, reason):
    correlating = Correlating()
    bad = piece(Record(offset=3, key=b"shop", value=value, headers=()), topic=topic, topic_id="bad-id")
    good = [
        Record(offset=at, key=b"shop", value=msgspec.json.encode(s), timestamp=s.received_at, headers=())
        for at, s in enumerate(breakage())
    ]
    answer = correlating.turn(bad, piece(*good, topic=TOPICS.signals, topic_id="signals-id"))
    ((letter, _),) = answer.letters()
    assert (letter.stage, letter.reason) == ("correlate", reason)
    assert (letter.origins[0].topic, letter.origins[0].offset) == ("bad-id", 3)
    assert len(answer.incidents()) == 1


def test_a_command_decides():
    correlating = Correlating()
    (incident,) = correlating.hear(*breakage()).incidents()
    correlating.now = NOW + 3 * MINUTE
    order = IncidentCommand(project="shop", incident=incident.incident, action="resolve", by="ada")
    (after,) = correlating.hear(order).incidents()
    assert (after.status, after.status_by) == ("resolved", "ada")


def test_a_turn_over_nothing_ends_what_was_quiet():
    correlating = Correlating()
    correlating.hear(*breakage())
    correlating.now = NOW + 41 * MINUTE
    assert correlating.turn().records == []
    correlating.now = NOW + 42 * MINUTE
    (after,) = correlating.turn().incidents()
    assert after.status == "resolved"
    assert correlating.turn().records == []


def test_a_clock_that_is_years_ahead_of_the_brokers_does_not_make_all_else_late():
    correlating = Correlating()
    ahead = msgspec.json.encode(signal("push", "x", 0, received_at=NOW * 2))
    correlating.turn(piece(Record(offset=0, key=b"shop", value=ahead, headers=()), topic=TOPICS.signals))
    assert len(correlating.hear(*breakage()).incidents()) == 1


def test_a_turn_that_is_tried_again_from_the_old_state_tells_the_same():
    correlating = Correlating()
    correlating.hear(*breakage()[:3])
    rest = records(*breakage()[3:])
    slices = [piece(*rest, topic=TOPICS.signals)]
    first, second = (asyncio.run(correlating.agent.turn(slices, State(correlating.table))) for _ in range(2))
    assert first == second
    assert first.records


def test_any_order_and_any_cut_into_turns_tell_the_same_incident():
    told = set()
    for order in islice(permutations(breakage()), 0, None, 17):
        correlating, latest = Correlating(), {}
        for each in order:
            for incident in correlating.hear(each).incidents():
                latest[incident.incident] = incident
        told |= {(i.incident, i.signals, i.causes) for i in latest.values() if i.status == "open"}
    assert len(told) == 1


# -- scores -----------------------------------------------------------------------------------------------------------


def scores(answer):
    found = [msgspec.json.decode(record.value, type=Score) for record in answer.of(TOPICS.scores)]
    return {score.score_type: score for score in found}


def test_a_project_is_scored_with_what_each_signal_changes():
    project = Correlating()
    before = scores(project.hear(signal("group_new", "v1:1", 0, of="error", severity="error")))
    assert before["quality"].value < 100
    assert before["risk"].value > 0
    after = scores(project.hear(signal("group_resolved", "v1:1", 1, status="resolved", of="error")))
    assert after["quality"].value == 100
    assert after["quality"].version > before["quality"].version


def test_a_repeated_signal_scores_nothing():
    project = Correlating()
    new = signal("group_new", "v1:1", 0, of="error", severity="error")
    project.hear(new)
    assert scores(project.hear(new)) == {}


def test_an_open_incident_is_a_risk_until_it_is_over():
    project = Correlating()
    before = scores(project.hear(*breakage()))["risk"].value
    project.now = NOW + 600 * MINUTE
    after = scores(project.turn())["risk"].value
    assert after < before


def test_a_burst_of_a_day_ago_is_no_risk_any_more_though_nothing_comes():
    project = Correlating()
    before = scores(project.hear(signal("group_spiking", "v1:1", 0, of="error", severity="error")))["risk"]
    project.now = NOW + 26 * 60 * MINUTE
    after = scores(project.turn())["risk"]
    assert after.value < before.value


def test_scores_leave_under_the_key_of_their_type():
    answer = Correlating().hear(signal("group_new", "v1:1", 0, of="error", severity="error"))
    assert {record.key for record in answer.of(TOPICS.scores)} == {b"shop:quality", b"shop:risk"}
