"""What strangers, gateways, caches and kills do to ANALYZE stops nobody and leaves the budget as it is."""

import asyncio
import logging

import msgspec
import pytest
from analysed import group
from analyzing import PRICES, REGISTRY, USAGE, Analyzing, Scripted, Stored, asked, request, scenario, whole
from records import TOPICS

from argus_streams.agents.analyze.agent import MOST
from argus_streams.core.analysis import account as accounts
from argus_streams.core.analysis.account import DAY, MINUTE, Limits
from argus_streams.core.analysis.dossier import Material
from argus_streams.core.analysis.prices import cost
from argus_streams.core.findings import Feedback
from argus_streams.ports import NoReply

HISTORY = msgspec.structs.replace(REGISTRY, gate=msgspec.structs.replace(REGISTRY.gate, replayed="batch"))
MANY = {"count": 200}  # events: worth a root cause
AGENDA = (0, b":agenda")


def worker_with(*models, **options):
    return Analyzing(*models or (Scripted("anthropic"),), stored=options.pop("stored", Stored(**MANY)), **options)


# -- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("project", [":agenda", "shop/job/v1:aa", "shop/last/v1:aa", "", "Shop", "a" * 65])
@scenario
async def test_a_project_that_is_no_slug_is_a_letter_and_touches_nobodys_state(project):
    worker = worker_with()
    await worker.turn(asked(request(), request(project=project)))
    verdict = Feedback(project=project, subject="v1:aa", verdict="accepted")
    await worker.turn(asked(verdict, topic=TOPICS.feedback))
    await worker.turns()
    assert [letter.reason for letter, _ in worker.letters()] == ["bad project", "bad project"]
    assert [(each.project, each.reason) for each in worker.told()] == [("shop", "answered")]


@pytest.mark.parametrize("subject", ["", "x" * 301, "я" * 151, "v1:a\x00a", "v1:\x1b[31m"])
@scenario
async def test_a_subject_that_has_no_room_in_state_and_store_is_a_letter(subject):
    worker = worker_with()
    await worker.turn(asked(request(subject)))
    assert [letter.reason for letter, _ in worker.letters()] == ["bad subject"]
    assert worker.table.values == {}


@scenario
async def test_what_the_database_can_not_take_or_tell_holds_no_neighbour(caplog):
    caplog.set_level(logging.CRITICAL)

    class Odd(Stored):
        async def gather(self, project, fingerprints):
            if fingerprints == ("v1:bad",):
                raise ValueError("a text with NUL")
            return await super().gather(project, fingerprints)

    worker = worker_with(stored=Odd(**MANY))
    await worker.turn(asked(request("v1:bad"), request("v1:aa")))
    await worker.turns()
    assert [each.subject for each in worker.told()] == ["v1:aa"]


@scenario
async def test_what_nobody_stores_is_not_waited_for_because_its_time_lies_years_ahead():
    class Nothing(Stored):
        async def gather(self, *_):
            return Material()

    worker = worker_with(stored=Nothing())
    await worker.turn(asked(request(at=10**15)))
    worker.now += 2 * DAY
    await worker.turns()
    assert worker.account().queue == {}


@scenario
async def test_a_full_queue_hides_no_answer():
    worker = worker_with()
    await worker.turn(asked(request()))
    await worker.turns()
    waiting = worker.restarted(delay=DAY)
    await waiting.turn(asked(*[request(f"v1:{number}") for number in range(MOST)], request(evidence="e2")))
    assert waiting.told() == []
    await waiting.turn(asked(request("v1:new"), request("v1:new")))
    assert [(each.subject, each.reason) for each in waiting.told()] == [("v1:new", "queue_full")]


@scenario
async def test_thousands_that_wait_for_a_call_are_not_all_looked_at_each_minute():
    class Counting(Stored):
        looks = 0

        async def gather(self, _project, fingerprints):
            self.looks += 1
            each = fingerprints[0]
            return Material(groups=(group(each, count=200, title=f"problem {each}", service=each),))

    stored, model = Counting(), Scripted("anthropic")
    worker = worker_with(model, stored=stored, limits=Limits(10**12, 5))
    await worker.turn(asked(*(request(f"v1:{number}") for number in range(400))))
    await worker.turns(10)
    for minute in range(2, 15):
        stored.looks = 0
        worker.now += MINUTE
        await worker.turns(4)
        assert stored.looks <= 45
        assert len(model.asked) == 5 * minute


@scenario
async def test_while_all_calls_hang_nothing_is_looked_up_again_and_again():
    class Counting(Stored):
        looks = 0

        async def gather(self, project, fingerprints):
            self.looks += 1
            return await super().gather(project, fingerprints)

    over = asyncio.Event()
    stored, model = Counting(count=200), Scripted("anthropic", over)
    worker = worker_with(model, stored=stored, slots=1)
    await worker.turn(asked(request()))
    await worker.turns(2)
    stored.looks = 0
    await worker.turn(asked(*(request(f"v1:{number}") for number in range(100))))
    await worker.turns(20)
    assert stored.looks == 0
    over.set()
    await worker.turns(200)
    assert len({told.subject for told in worker.told()}) == 101


@scenario
async def test_who_judges_is_told_as_the_store_can_take_it():
    worker = worker_with()
    await worker.turn(asked(request()))
    await worker.turns()
    for by in ("ada\0", "x" * 5_000):
        verdict = Feedback(project="shop", subject="v1:aa", verdict="rejected", by=by)
        await worker.turn(asked(verdict, topic=TOPICS.feedback))
    assert [each.verdict_by for each in worker.told()] == [None, "ada\ufffd", "x" * 99 + "…"]


@scenario
async def test_a_flood_of_verdicts_is_told_once_a_turn():
    worker = worker_with()
    await worker.turn(asked(request()))
    await worker.turns()
    flood = [
        Feedback(project="shop", subject="v1:aa", verdict=verdict, by="ada")
        for verdict in ("accepted", "rejected") * 500
    ]
    answer = await worker.turn(asked(*flood, topic=TOPICS.feedback))
    assert len(answer.records) == 1
    assert worker.told()[-1].verdict == "rejected"


# -- known answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [b"[" * 200_000, b"\xff", b"null", b'{"title": "\\ud800"}', b"1e999"])
@scenario
async def test_a_known_answer_that_somebody_has_damaged_is_asked_for_again(kept):
    class Damaged:
        async def get(self, keys):
            return dict.fromkeys(keys, kept)

        async def put(self, answers):
            pass

    worker = worker_with(answers=Damaged())
    await worker.turn(asked(request()))
    await worker.turns()
    assert [each.reason for each in worker.told()] == ["answered"]


# -- kills between the writes of a turn -------------------------------------------------------------------------------


@scenario
async def test_a_job_that_a_killed_worker_wrote_without_its_account_is_done_when_the_request_comes_again():
    worker = worker_with(delay=1_000)
    await worker.turn(asked(request()))
    job = worker.table.values[0, b"shop/job/v1:aa"]
    worker.table.values = {(0, b"shop/job/v1:aa"): job}
    again = worker.restarted()
    await again.turn(asked(request()))
    again.now += 1_000
    await again.turns()
    assert [each.reason for each in again.told()] == ["answered"]


@scenario
async def test_whatever_part_of_a_turns_state_was_written_the_next_owner_settles_what_is_reserved():
    """A turn's changes are written one after the other; a kill may leave any beginning of them."""
    for turns in range(1, 7):
        for written in range(5):
            worker = worker_with()
            await worker.turn(asked(request()))
            await worker.turns(turns - 1)
            before = dict(worker.table.values)
            await worker.turn()
            changed = {at: value for at, value in worker.table.values.items() if before.get(at) != value}
            worker.table.values = before | dict(list(changed.items())[:written])
            again = worker.restarted()
            await again.turn(asked(request()))
            await again.turns(8)
            account = again.account()
            assert (account.attempts, account.queue) == ({}, {}), (turns, written)
            assert worker.told() or again.told(), (turns, written)


@scenario
async def test_a_turn_that_outlives_its_tenure_leaves_nothing_that_a_later_one_takes_for_its_own():
    """While it waits for the database, another owner reserves under the same number, makes the call, and is killed."""

    class Slow(Stored):
        slept = False

        async def gather(self, project, fingerprints):
            if not self.slept:
                self.slept = True
                other = worker.restarted()
                await other.turn(asked(request()))
                await other.turn()
                worker.table.owner += 1  # ours again
            return await super().gather(project, fingerprints)

    model = Scripted("anthropic")
    worker = worker_with(model, stored=Slow(**MANY))
    await worker.turn(asked(request()), kept=False)
    (lost,) = worker.account().attempts.values()
    assert len(model.asked) == 1
    await worker.turns()
    assert len(model.asked) == 2
    assert worker.account().total == lost.reserved + cost(PRICES.of(lost.provider, lost.model), USAGE)


@scenario
async def test_what_has_nothing_to_do_leaves_the_agenda():
    worker = worker_with()
    await worker.turn(asked(request()))
    await worker.turns()
    assert msgspec.msgpack.decode(worker.table.values[AGENDA]) == {}


# -- batches ----------------------------------------------------------------------------------------------------------


async def handed_in(*subjects):
    """A worker that has handed a batch in, whose answers are not there yet."""
    model = Scripted("anthropic")
    model.ready = False
    worker = worker_with(model, batching=("anthropic",), registry=HISTORY)
    await worker.turn(asked(*(request(subject, replayed=True) for subject in subjects)))
    await worker.turns(3)
    (attempt,) = worker.account().attempts.values()
    assert attempt.batch
    return worker, model, attempt


def each_costs(attempt):
    return cost(PRICES.of(attempt.provider, attempt.model), USAGE, batch=True)


@scenario
async def test_answers_of_an_adopted_batch_are_told_of_their_own_subjects_and_all_are_billed():
    worker, model, attempt = await handed_in("v1:aa", "v1:bb", "v1:cc")
    del worker.table.values[0, b"shop/job/v1:aa"]  # another call has answered it meanwhile

    async def titled(batch, shapes):
        return {name: whole(model.batches[batch][name], title=f"answer {name}") for name in shapes}

    model.ready, model.collect = True, titled
    again = worker.restarted()
    await again.turns(8)
    assert [(each.subject, each.title) for each in again.told()] == [("v1:bb", "answer 1"), ("v1:cc", "answer 2")]
    assert again.account().total == 3 * each_costs(attempt)


@scenario
async def test_a_batch_of_a_model_that_left_the_price_list_counts_as_dear_as_it_could_be():
    worker, model, attempt = await handed_in("v1:aa", "v1:bb")
    gone = msgspec.structs.replace(attempt, model="gone-1")
    account = msgspec.structs.replace(worker.account(), attempts={1: gone})
    worker.table.values[0, b"shop"] = accounts.encode(account)
    model.ready = True
    again = worker.restarted()
    await again.turns(8)
    assert again.account().total == attempt.reserved
    assert [each.reason for each in again.told()] == ["answered", "answered"]


@pytest.mark.parametrize("trouble", ["unknown_model", "unauthorized", "refused_request"])
@scenario
async def test_a_batch_whose_answers_are_out_of_reach_is_billed_all_the_same(trouble):
    worker, model, attempt = await handed_in("v1:aa")

    async def lost(_batch, _shapes):
        raise NoReply(trouble, "no such batch")

    model.collect = lost
    again = worker.restarted()
    await again.turns(2)
    assert again.account().total == attempt.reserved


@scenario
async def test_an_answer_of_a_batch_that_is_no_message_counts_as_dear_as_it_could_be():
    worker, model, attempt = await handed_in("v1:aa", "v1:bb", "v1:cc")

    async def damaged(batch, shapes):
        model.ready = True
        found = await Scripted.collect(model, batch, shapes)
        return found | {"1": NoReply("connection", "no message"), "2": NoReply("overloaded", "expired")}

    model.collect = damaged
    again = worker.restarted()
    await again.turns(2)
    assert again.account().total == attempt.reserved
