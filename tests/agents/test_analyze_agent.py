"""What is asked is reserved first, settled after, and answered in the end, whatever models and workers do."""

import asyncio

import msgspec
import pytest
from analysed import group, incident
from analyzing import PLENTY, PRICES, REGISTRY, USAGE, Analyzing, Scripted, Stored, asked, request, scenario, whole
from builders import NOW
from records import TOPICS, Record, piece

from argus_streams.core.analysis import account as accounts
from argus_streams.core.analysis.account import DAY, MINUTE, Limits
from argus_streams.core.analysis.asking import Reply
from argus_streams.core.analysis.dossier import Material
from argus_streams.core.analysis.prices import cost
from argus_streams.core.analysis.shapes import Choice, Choices, Judgement, Judgements
from argus_streams.core.elements import Element
from argus_streams.core.findings import Feedback
from argus_streams.core.healing.asking import question
from argus_streams.core.messages import Command, Version
from argus_streams.core.repairs import HealingDecision, Proposal
from argus_streams.errors import Unavailable
from argus_streams.ports import NoReply

HISTORY = msgspec.structs.replace(REGISTRY, gate=msgspec.structs.replace(REGISTRY.gate, replayed="batch"))
MANY = {"count": 200}  # events: worth a root cause


def bill(model, usage=USAGE):
    return cost(PRICES.of("anthropic", model.asked[0].model), usage)


# -- the way of a request ---------------------------------------------------------------------------------------------


@scenario
async def test_a_request_is_reserved_then_asked_then_told():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    assert model.asked == []
    assert [each.model for each in worker.account().attempts.values()]
    await worker.turns()
    (told,) = worker.told()
    assert (told.by, told.reason, told.title) == ("model", "answered", "Charge fails")
    assert (told.cost, told.model) == (bill(model), model.asked[0].model)
    assert (worker.account().spent, worker.account().attempts, worker.account().queue) == (bill(model), {}, {})


@scenario
async def test_nothing_is_asked_before_its_reservation_is_kept():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()), kept=False)
    await worker.turns()
    assert model.asked == []


@scenario
async def test_a_request_waits_for_its_delay_and_the_same_again_changes_nothing():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY), delay=30_000)
    await worker.turn(asked(request()))
    worker.now += 29_999
    await worker.turn(asked(request()))
    await worker.turns()
    assert worker.account().attempts == {}
    worker.now += 1
    await worker.turns()
    assert len(model.asked) == 1


@scenario
async def test_related_groups_are_asked_about_in_one_call_whose_cost_they_share():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request("v1:aa"), request("v1:bb"), request("v1:cc")))
    await worker.turns()
    assert len(model.asked) == 1
    assert [each.joined for each in worker.told()] == [3, 3, 3]
    assert sum(each.cost for each in worker.told()) == bill(model)


@scenario
async def test_what_was_answered_before_costs_nothing():
    model = Scripted("anthropic")
    first = Analyzing(model, stored=Stored(**MANY))
    await first.turn(asked(request()))
    await first.turns()
    other = Analyzing(model, stored=Stored(**MANY), answers=first.answers)
    await other.turn(asked(request()))
    await other.turns()
    (told,) = other.told()
    assert (told.reason, told.cost, len(model.asked)) == ("cached", 0, 1)
    assert told.summary == first.told()[0].summary


@scenario
async def test_the_same_question_is_not_asked_twice_at_once():
    wait = asyncio.Event()
    model = Scripted("anthropic", wait)
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turn(asked(request(project="store")))
    await worker.turns()
    wait.set()
    await worker.turns(2)
    worker.now += 3_000
    await worker.turns()
    assert len(model.asked) == 1
    assert [each.reason for each in worker.told()] == ["answered", "cached"]


@scenario
async def test_without_any_model_the_rules_answer():
    worker = Analyzing(stored=Stored(**MANY))
    await worker.turn(asked(request()))
    (told,) = worker.told()
    assert (told.by, told.reason, told.cost) == ("rules", "no_model", 0)
    assert told.summary
    assert worker.account().queue == {}


@scenario
async def test_without_any_model_news_are_explained_at_once_however_soon_they_come():
    worker = Analyzing(stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turn(asked(request(evidence="e2")))
    assert [(each.evidence, each.reason) for each in worker.told()] == [("e1", "no_model"), ("e2", "no_model")]


@scenario
async def test_news_while_a_call_is_under_way_are_asked_about_after_it():
    wait = asyncio.Event()
    worker = Analyzing(Scripted("anthropic", wait), stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turn()
    await worker.turn(asked(request(evidence="e2")))
    wait.set()
    await worker.turns()
    assert [each.evidence for each in worker.told()] == ["e1"]
    assert "v1:aa" in worker.account().queue
    worker.now += 3_600_000
    worker.stored.fields = {"count": 300}
    await worker.turns()
    assert [each.evidence for each in worker.told()] == ["e1", "e2"]


@scenario
async def test_a_group_with_few_events_is_explained_by_rules_with_the_code_of_the_skip():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(count=3))
    await worker.turn(asked(request()))
    (told,) = worker.told()
    assert (told.by, told.reason) == ("rules", "too_few_events")
    assert model.asked == []


@scenario
async def test_an_incident_is_explained_however_few_events_it_has():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(count=3))
    of = incident()
    await worker.turn(asked(request(of.incident, kind="incident", incident=of)))
    await worker.turns()
    assert [(each.subject, each.by) for each in worker.told()] == [(of.incident, "model")]


# -- what models do ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["rate_limited", "overloaded", "server_error", "unauthorized", "unknown_model"])
def test_a_provider_that_does_not_answer_costs_nothing_and_the_next_one_is_asked(trouble):
    @scenario
    async def run():
        first, second = Scripted("anthropic", NoReply(trouble)), Scripted("bedrock")
        worker = Analyzing(first, second, stored=Stored(**MANY))
        await worker.turn(asked(request()))
        await worker.turns()
        (told,) = worker.told()
        assert (told.provider, len(first.asked), len(second.asked)) == ("bedrock", 1, 1)
        assert worker.account().total == told.cost

    run()


@pytest.mark.parametrize("trouble", ["timed_out", "connection"])
def test_a_call_that_may_have_been_billed_counts_as_dear_as_it_could_be(trouble):
    @scenario
    async def run():
        first, second = Scripted("anthropic", NoReply(trouble)), Scripted("bedrock")
        worker = Analyzing(first, second, stored=Stored(**MANY))
        await worker.turn(asked(request()))
        reserved = sum(each.reserved for each in worker.account().attempts.values())
        await worker.turns()
        (told,) = worker.told()
        assert told.provider == "bedrock"
        assert worker.account().total == told.cost > reserved

    run()


@scenario
async def test_when_all_providers_fail_the_rules_answer_and_a_later_round_asks_again():
    model = Scripted("anthropic", NoReply("overloaded"))
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turns()
    (told,) = worker.told()
    assert (told.by, told.reason) == ("rules", "models_away")
    worker.now = told.again_at
    await worker.turns()
    assert [each.reason for each in worker.told()] == ["models_away", "answered"]


@pytest.mark.parametrize(("ending", "calls"), [("invalid", 2), ("truncated", 1), ("refused", 1)])
def test_an_answer_that_can_not_be_used_is_replaced_by_the_rules_and_paid_for(ending, calls):
    @scenario
    async def run():
        bad = Reply(ending=ending, usage=USAGE, text="{")
        model = Scripted("anthropic", bad, bad)
        worker = Analyzing(model, stored=Stored(**MANY))
        await worker.turn(asked(request()))
        await worker.turns(8)
        (told,) = worker.told()
        assert (told.by, told.reason, len(model.asked)) == ("rules", ending, calls)
        assert told.cost == worker.account().spent == calls * bill(model)

    run()


@scenario
async def test_an_answer_that_can_be_read_at_the_second_try_is_told():
    model = Scripted("anthropic", Reply(ending="invalid", usage=USAGE, text="{"))
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turns(8)
    (told,) = worker.told()
    assert (told.by, told.cost) == ("model", 2 * bill(model))


@scenario
async def test_an_answer_about_one_of_two_subjects_leaves_the_other_to_be_asked_again():
    def half(question):
        reply = whole(question)
        return msgspec.structs.replace(reply, answer=type(reply.answer)(answers=reply.answer.answers[:1]))

    model = Scripted("anthropic", half)
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request("v1:aa"), request("v1:bb")))
    await worker.turns(8)
    assert sorted(each.subject for each in worker.told()) == ["v1:aa", "v1:bb"]
    assert len(model.asked) == 2


@scenario
async def test_an_answer_that_names_what_is_not_in_the_evidence_is_told_as_doubtful():
    model = Scripted("anthropic", lambda question: whole(question, file="src/invented.py"))
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turns()
    (told,) = worker.told()
    assert "src/invented.py" in told.doubt


@scenario
async def test_a_provider_that_keeps_failing_is_left_alone_and_tried_with_one_question_later():
    failing = Scripted("anthropic", *[NoReply("overloaded")] * 5)
    other = Scripted("vertex")
    worker = Analyzing(failing, other, stored=Stored(**MANY))
    for number in range(7):
        await worker.turn(asked(request(f"v1:{number}")))
        await worker.turns()
    assert (len(failing.asked), len(other.asked)) == (5, 7)
    worker.now += 20_000
    await worker.turn(asked(request("v1:later")))
    await worker.turns()
    assert len(failing.asked) == 6


@scenario
async def test_a_slow_model_holds_no_other_project():
    never = asyncio.Event()
    model = Scripted("anthropic", never)
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turns(2)
    worker.stored.fields = {"count": 300, "title": "TypeError: another problem"}
    await worker.turn(asked(request(project="other")))
    await worker.turns()
    assert [each.project for each in worker.told()] == ["other"]


# -- the budget -------------------------------------------------------------------------------------------------------


@scenario
async def test_a_spent_budget_is_told_with_its_reason_and_the_subject_is_asked_about_the_next_day():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY), limits=Limits(1_000, 10))
    await worker.turn(asked(request()))
    (told,) = worker.told()
    assert (told.by, told.reason, told.again_at % DAY) == ("rules", "call_too_dear", 0)
    again = worker.restarted(limits=Limits(10**12, 10))
    again.now = told.again_at
    await again.turns()
    assert [each.reason for each in again.told()] == ["answered"]


@scenario
async def test_what_is_set_aside_and_what_is_spent_of_a_budget_is_told_as_it_changes():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    (reserved,) = worker.account().attempts.values()
    assert worker.budgets == {"shop": (worker.now // DAY, reserved.reserved, PLENTY.nanos_per_day)}
    await worker.turns()
    assert worker.budgets["shop"][1] == worker.account().spent < reserved.reserved


@scenario
async def test_an_incident_that_is_over_when_its_day_comes_is_not_asked_about():
    model, of = Scripted("anthropic"), incident()
    worker = Analyzing(model, stored=Stored(**MANY), limits=Limits(1_000, 10))
    await worker.turn(asked(request(of.incident, kind="incident", incident=of)))
    (told,) = worker.told()
    again = worker.restarted(limits=PLENTY)
    again.now = told.again_at
    merged = msgspec.structs.replace(of, status="merged", version=Version(1, 2))
    again.stored.incidents[of.incident] = merged
    await again.turns()
    assert model.asked == []
    assert again.account().queue == {}


@scenario
async def test_what_a_model_said_before_stays_while_the_budget_is_spent():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    (reserved,) = worker.account().attempts.values()
    await worker.turns()
    poor = worker.restarted(limits=Limits(reserved.reserved, 10))
    poor.now += 7_200_000
    poor.stored.fields = {"count": 400}
    await poor.turn(asked(request(evidence="e2")))
    (told,) = poor.told()
    assert (told.by, told.reason, told.evidence) == ("model", "budget_spent", "e1")


@scenario
async def test_more_calls_than_a_minute_allows_wait_for_the_next():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY), limits=Limits(10**12, 1))
    await worker.turn(asked(request()))
    await worker.turn(asked(request("v1:bb")))
    await worker.turns()
    assert len(model.asked) == 1
    worker.now += MINUTE
    await worker.turns()
    assert len(model.asked) == 2


@scenario
async def test_a_reservation_whose_minute_is_over_is_given_back_and_made_anew():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    worker.now += 5 * MINUTE
    await worker.turns()
    assert (len(worker.told()), len(model.asked)) == (1, 1)
    assert worker.account().total == bill(model)


# -- kills and owners -------------------------------------------------------------------------------------------------


@scenario
async def test_a_call_whose_worker_was_killed_counts_as_dear_as_it_could_be_and_is_made_again():
    never = asyncio.Event()
    model = Scripted("anthropic", never)
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turn()
    (lost,) = worker.account().attempts.values()
    again = worker.restarted()
    await again.turns()
    (told,) = again.told()
    assert again.account().total == lost.reserved + bill(model)
    assert told.by == "model"


@scenario
async def test_a_worker_that_lost_the_project_settles_nothing_of_its_calls():
    wait = asyncio.Event()
    model = Scripted("anthropic", wait)
    worker = Analyzing(model, stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turn()
    worker.table.owner += 1  # another worker had it in between
    before = accounts.committed(worker.account())
    wait.set()
    await worker.turn()
    assert worker.account().total == before
    await worker.turns()
    assert [each.by for each in worker.told()] == ["model"]


@scenario
async def test_a_batch_that_an_earlier_worker_handed_in_is_collected_by_the_next():
    model = Scripted("anthropic")
    model.ready = False
    worker = Analyzing(model, stored=Stored(**MANY), batching=("anthropic",), registry=HISTORY)
    await worker.turn(asked(request("v1:aa", replayed=True), request("v1:bb", replayed=True)))
    await worker.turns(3)
    assert [each.batch for each in worker.account().attempts.values()] == ["batch-0"]
    again = worker.restarted()
    model.ready = True
    await again.turns(10)
    assert sorted(each.subject for each in again.told()) == ["v1:aa", "v1:bb"]
    assert (len(model.batches), model.asked, again.account().attempts) == (1, [], {})


# -- what people and neighbours send ----------------------------------------------------------------------------------


@scenario
async def test_a_verdict_is_told_with_the_analysis():
    worker = Analyzing(Scripted("anthropic"), stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turns()
    verdict = Feedback(project="shop", subject="v1:aa", verdict="rejected", by="ada")
    await worker.turn(asked(verdict, topic=TOPICS.feedback))
    await worker.turn(asked(verdict, topic=TOPICS.feedback))
    told = worker.told()
    assert [(each.verdict, each.verdict_by) for each in told] == [(None, None), ("rejected", "ada")]
    assert told[1].version > told[0].version


@pytest.mark.parametrize(
    ("value", "key", "topic", "reason"),
    [
        (b"{", b"shop", TOPICS.requests, "not a request"),
        (b"\xff", b"shop", TOPICS.requests, "not a request"),
        (msgspec.json.encode(request()), b"other", TOPICS.requests, "wrong key"),
        (b"[]", b"shop", TOPICS.feedback, "not feedback"),
        (b" " * 10_000, b"shop", TOPICS.feedback, "feedback too large"),
        (b'{"project":"shop","subject":"v1:zz","verdict":"accepted"}', b"shop", TOPICS.feedback, "no such analysis"),
    ],
)
def test_what_can_not_be_used_becomes_a_letter_and_its_neighbours_are_answered(value, key, topic, reason):
    @scenario
    async def run():
        worker = Analyzing(stored=Stored(**MANY))
        await worker.turn(piece(Record(topic=topic, key=key, value=value, headers=()), topic=topic), asked(request()))
        assert [letter.reason for letter, _ in worker.letters()] == [reason]
        assert len(worker.told()) == 1

    run()


@scenario
async def test_more_subjects_than_may_wait_are_told_so_and_the_account_stays_small():
    worker = Analyzing(stored=Stored(**MANY), delay=60_000)
    await worker.turn(asked(*[request(f"v1:{number}") for number in range(5_003)]))
    assert [each.reason for each in worker.told()] == ["queue_full"] * 3
    assert len(accounts.encode(worker.account())) < 1024 * 1024


@scenario
async def test_while_the_evidence_can_not_be_read_the_turn_is_held_and_nothing_is_lost():
    model = Scripted("anthropic")
    worker = Analyzing(model, stored=Stored(**MANY))
    worker.stored.error = Unavailable("the database is down")
    with pytest.raises(Unavailable):
        await worker.turn(asked(request()))
    worker.stored.error = None
    await worker.turn(asked(request()))
    await worker.turns()
    assert len(worker.told()) == 1


@scenario
async def test_a_turn_without_news_writes_nothing():
    never = asyncio.Event()
    worker = Analyzing(Scripted("anthropic", never), stored=Stored(**MANY))
    await worker.turn(asked(request()))
    await worker.turn()
    before = dict(worker.table.values)
    await worker.turn()
    assert worker.table.values == before


# -- groups that may be one -------------------------------------------------------------------------------------------

SAME = (("type", "ValueError"), ("frame", "checkout.payments:charge"), ("frame", "checkout.api:post"))
ALIKE = (("type", "ValueError"), ("frame", "checkout.payments:charge"), ("frame", "checkout.web:post"))


def judged(verdict):
    def answer(question):
        (name,) = [line.removeprefix("BEGIN ") for line in question.user.splitlines() if line.startswith("BEGIN ")]
        return Reply(ending="whole", usage=USAGE, answer=Judgements(
            answers=[Judgement(subject=name, verdict=verdict, reason="The same check fails.")]
        ))  # fmt: skip

    return answer


class Twins(Stored):
    """Evidence of a group and one that may be the same problem."""

    def __init__(self, parts):
        super().__init__(count=3)
        self.parts = parts

    async def gather(self, _project, fingerprints):
        found = {"v1:aa": group("v1:aa", count=3, parts=SAME), "v1:bb": group("v1:bb", count=3, parts=self.parts)}
        groups = tuple(found[each] for each in fingerprints)
        return Material(groups=groups, candidates=tuple(each for each in found.values() if each not in groups))


def merges(worker):
    return [each for each in worker.told() if each.kind == "merge"]


def commands(worker):
    return [msgspec.json.decode(each.value, type=Command) for each in worker.records if each.topic == TOPICS.commands]


@scenario
async def test_two_groups_that_are_certainly_one_are_proposed_and_in_shadow_no_more():
    worker = Analyzing(stored=Twins(SAME))
    await worker.turn(asked(request()))
    await worker.turn(asked(request(evidence="e2")))
    (told,) = merges(worker)
    assert (told.subject, told.by, told.reason) == ("v1:aa+v1:bb", "rules", "proposed")
    assert commands(worker) == []


@scenario
async def test_in_active_mode_they_are_linked_by_a_program_whose_word_a_person_outranks():
    worker = Analyzing(stored=Twins(SAME), merge="active")
    await worker.turn(asked(request()))
    (order,) = commands(worker)
    assert (order.fingerprint, order.action, order.other, order.by) == ("v1:bb", "link", "v1:aa", "argus:merge")


@scenario
async def test_where_merging_is_off_nothing_is_proposed():
    worker = Analyzing(stored=Twins(SAME), merge="off")
    await worker.turn(asked(request()))
    assert merges(worker) == []


@pytest.mark.parametrize(("verdict", "links"), [("same", 1), ("different", 0), ("unsure", 0)])
def test_a_model_decides_about_two_groups_that_may_be_one(verdict, links):
    @scenario
    async def run():
        model = Scripted("anthropic", judged(verdict))
        worker = Analyzing(model, stored=Twins(ALIKE), merge="active")
        await worker.turn(asked(request()))
        await worker.turns()
        (told,) = merges(worker)
        assert (told.by, told.tier, told.cost) == ("model", "small", bill(model))
        assert len(commands(worker)) == links
        await worker.turn(asked(request(evidence="e2")))
        await worker.turns()
        assert len(model.asked) == 1

    run()


@scenario
async def test_without_a_model_doubtful_groups_stay_two():
    worker = Analyzing(stored=Twins(ALIKE), merge="active")
    await worker.turn(asked(request()))
    await worker.turns()
    (told,) = merges(worker)
    assert (told.by, told.reason) == ("rules", "no_model")
    assert commands(worker) == []


# -- repairs of tests -------------------------------------------------------------------------------------------------


def doubt():
    """What HEAL asks where two elements are as likely."""
    buttons = [Element(tag="button", id=name, visible_text=(name,)) for name in ("keep", "send")]
    proposals = tuple(
        Proposal(healed=f"#{each.id}", source="similarity", confidence=0.5, element=each) for each in buttons
    )
    decision = HealingDecision(
        project="shop", decision_id="none-1", failure_id="f", verdict="ask", reason="two_alike",
        detail="Two are alike.", test="a draft is kept", locator="#save", scope="/drafts", failure="not_found",
        proposals=proposals, at=NOW,
    )  # fmt: skip
    return question(decision, message="Expected to find element: `#save`, but never found it.", target=None)


def choosing(element):
    def answer(asked):
        names = [line.removeprefix("BEGIN ") for line in asked.user.splitlines() if line.startswith("BEGIN ")]
        chosen = [Choice(subject=name, element=element, reason="It keeps what was written.") for name in names]
        return Reply(ending="whole", usage=USAGE, answer=Choices(answers=chosen))

    return answer


@scenario
async def test_a_model_chooses_the_element_that_a_broken_locator_meant_and_what_it_says_is_tried_first():
    worker = Analyzing(Scripted("anthropic", choosing(1)))
    await worker.turn(asked(doubt()))
    await worker.turns()
    (decided,) = worker.decided()
    assert (decided.verdict, decided.source, decided.healed) == ("validate", "model", "#keep")
    (told,) = worker.told()
    assert (told.kind, told.by, told.title) == ("repair", "model", "#save meant #keep")
    assert told.cost > 0


@scenario
async def test_a_model_that_is_not_sure_leaves_it_to_a_person():
    worker = Analyzing(Scripted("anthropic", choosing(None)))
    await worker.turn(asked(doubt()))
    await worker.turns()
    assert worker.decided() == []
    assert worker.told()[0].title == "No element is sure to be what #save meant"


@scenario
async def test_without_a_model_a_person_is_asked_and_nothing_is_looked_up():
    stored = Stored()
    stored.error = Unavailable("nobody is to read it")
    worker = Analyzing(stored=stored)
    await worker.turn(asked(doubt()))
    (told,) = worker.told()
    assert (told.by, told.reason, told.title) == ("rules", "no_model", "A person has to say what #save meant")
    assert worker.decided() == []
