"""Laws of the budget: nothing that happens between reserving and settling makes a project pay more than its limit."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from argus_streams.core.analysis import account as accounts
from argus_streams.core.analysis.account import DAY, MINUTE, Account, Attempt, Denied, Limits, Reserved

NOON = 20_000 * DAY + DAY // 2  # ms
LIMITS = Limits(nanos_per_day=1_000, calls_per_minute=5)


def attempt(reserved, *subjects):
    return Attempt("cause", "middle", "anthropic", "a-model", reserved, 0, (subjects or ("v1:aa",),))


def reserved(account, cost, now=NOON, limits=LIMITS):
    decision = accounts.reserve(account, attempt(cost), limits, now)
    assert isinstance(decision, Reserved)
    return decision.account, decision.number


def test_a_call_that_fits_is_reserved_in_full():
    account, number = reserved(Account(), 400)
    assert accounts.committed(account) == 400
    assert (account.attempts[number].minute, account.spent) == (NOON // MINUTE, 0)


def test_what_is_under_way_counts_as_spent_for_the_next_call():
    account, _ = reserved(Account(), 700)
    assert accounts.reserve(account, attempt(301), LIMITS, NOON) == Denied("budget_spent", 20_001 * DAY)
    account, _ = reserved(account, 300)
    assert accounts.committed(account) == 1_000


def test_settling_gives_back_what_the_call_did_not_cost():
    account, number = reserved(Account(), 700)
    account = accounts.settle(account, number, 100)
    assert (account.spent, account.total, account.attempts) == (100, 100, {})
    reserved(account, 900)


def test_a_call_of_which_nobody_knows_the_end_costs_all_that_it_could():
    account, number = reserved(Account(), 700)
    assert accounts.forget(account, number).spent == 700


def test_a_call_that_never_began_costs_nothing():
    account, number = reserved(Account(), 700)
    assert accounts.release(account, number).spent == 0


def test_a_call_dearer_than_a_whole_day_is_denied_for_that_reason():
    assert accounts.reserve(Account(), attempt(1_001), LIMITS, NOON).reason == "call_too_dear"


def test_the_calls_of_a_minute_are_limited_until_the_next_one():
    account = Account()
    for _ in range(5):
        account, _ = reserved(account, 1)
    assert accounts.reserve(account, attempt(1), LIMITS, NOON) == Denied("too_many_calls", NOON + MINUTE)
    reserved(account, 1, NOON + MINUTE)


def test_a_new_day_begins_with_the_whole_budget():
    account, number = reserved(Account(), 1_000)
    account = accounts.settle(account, number, 1_000)
    account, _ = reserved(account, 1_000, NOON + DAY)
    assert accounts.committed(account) == 1_000


def test_a_call_counts_for_the_day_on_which_it_was_reserved():
    account, number = reserved(Account(), 1_000, 20_001 * DAY - 1)
    account = accounts.settle(accounts.at(account, 20_001 * DAY), number, 800)
    assert (account.spent, account.total) == (0, 800)


def test_a_call_may_begin_only_in_the_minute_for_which_it_was_reserved():
    account, number = reserved(Account(), 1)
    assert accounts.may_begin(account, number, NOON + MINUTE - 1)
    assert not accounts.may_begin(account, number, NOON + MINUTE)
    assert not accounts.may_begin(account, number + 1, NOON)


def test_a_clock_that_steps_back_opens_no_spent_day_again():
    account, number = reserved(Account(), 1_000, NOON)
    account = accounts.settle(account, number, 1_000)
    denied = accounts.reserve(account, attempt(1), LIMITS, NOON - DAY)
    assert denied == Denied("budget_spent", 20_001 * DAY)


def test_what_is_encoded_is_what_is_decoded():
    account, _ = reserved(accounts.queued(Account(), {"i-1": 5}), 10)
    assert accounts.decode(accounts.encode(account)) == account


class Spending(RuleBasedStateMachine):
    """Any course of calls, kills, minutes and days; ``bills`` is what the provider asks for, by day."""

    def __init__(self):
        super().__init__()
        self.account, self.now, self.bills, self.calls = Account(), NOON, {}, {}

    @rule(cost=st.integers(1, 600))
    def reserve(self, cost):
        decision = accounts.reserve(self.account, attempt(cost), LIMITS, self.now)
        if isinstance(decision, Reserved):
            self.account = decision.account

    @rule(data=st.data())
    def call(self, data):
        open_ones = [n for n in self.account.attempts if accounts.may_begin(self.account, n, self.now)]
        if not open_ones:
            return
        number = data.draw(st.sampled_from(open_ones))
        asked = self.account.attempts[number]
        billed, known = data.draw(st.integers(0, asked.reserved)), data.draw(st.booleans())
        day, minute = self.now // DAY, self.now // MINUTE
        self.bills[day] = self.bills.get(day, 0) + billed
        self.calls[minute] = self.calls.get(minute, 0) + 1
        end = accounts.settle(self.account, number, billed) if known else accounts.forget(self.account, number)
        self.account = end

    @rule(data=st.data())
    def give_up(self, data):
        if self.account.attempts:
            number = data.draw(st.sampled_from(sorted(self.account.attempts)))
            self.account = accounts.release(self.account, number)

    @rule(passes=st.sampled_from([1_000, MINUTE, DAY // 3, DAY]))
    def time(self, passes):
        self.now += passes

    @rule()
    def restart(self):
        self.account = accounts.decode(accounts.encode(self.account))

    @invariant()
    def no_day_costs_more_than_its_budget(self):
        assert all(bill <= LIMITS.nanos_per_day for bill in self.bills.values())

    @invariant()
    def no_minute_has_more_calls_than_its_limit(self):
        assert all(calls <= LIMITS.calls_per_minute for calls in self.calls.values())

    @invariant()
    def what_is_committed_is_within_the_budget(self):
        assert accounts.committed(self.account) <= LIMITS.nanos_per_day


Spending.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestSpending = Spending.TestCase


@given(st.lists(st.integers(1, 400), max_size=30))
def test_any_thousand_ways_to_reserve_at_once_stay_within_the_budget(costs):
    account = Account()
    limits = msgspec.structs.replace(LIMITS, calls_per_minute=1_000)
    granted = 0
    for cost in costs:
        decision = accounts.reserve(account, attempt(cost), limits, NOON)
        if isinstance(decision, Reserved):
            account, granted = decision.account, granted + cost
    assert granted == accounts.committed(account) <= limits.nanos_per_day


@pytest.mark.parametrize("known", [True, False])
def test_a_batch_is_found_again_by_the_id_that_it_was_given(known):
    account, number = reserved(Account(), 10)
    if known:
        account = accounts.submitted(account, number, "batch-1")
    assert accounts.decode(accounts.encode(account)).attempts[number].batch == ("batch-1" if known else "")
