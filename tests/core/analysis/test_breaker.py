"""When a provider is left alone, and when it is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.analysis.asking import PASSING
from argus_streams.core.analysis.breaker import (
    Admitted,
    Breaker,
    Policy,
    Shut,
    admit,
    answered,
    failed,
    given_up,
)

POLICY = Policy(in_a_row=3, ratio=0.5, least=10, window=60_000, pause=1_000, longest=10_000, trial=5_000)
OF_THE_QUESTION = ("refused_request", "unauthorized", "unknown_model")

passing = st.sampled_from(sorted(PASSING))
# what happens, and how many ms later: a call is admitted, or one that was is over
steps = st.lists(
    st.tuples(
        st.integers(0, 20_000),
        st.one_of(
            st.just("admit"),
            st.just("answered"),
            st.just("given_up"),
            st.tuples(passing | st.sampled_from(OF_THE_QUESTION), st.none() | st.floats(0, 1e9)),
        ),
        st.integers(0, 5),  # which of the calls under way is over
    ),
    max_size=60,
)


def called(breaker, now, ended=None, retry_after=None):
    """The breaker after a call that began and ended now."""
    admitted = admit(breaker, now, POLICY)
    assert isinstance(admitted, Admitted)
    if ended is None:
        return answered(admitted.breaker, admitted.ticket, now, POLICY)
    return failed(admitted.breaker, admitted.ticket, ended, now, POLICY, retry_after=retry_after)


def opened(now=0, retry_after=None):
    breaker = Breaker()
    for _ in range(POLICY.in_a_row):
        breaker = called(breaker, now, "overloaded", retry_after)
    return breaker


def histories(steps):
    """Each state that these steps lead to, with the time and the tickets of calls under way."""
    breaker, now, tickets = Breaker(), 0, []
    for later, what, which in steps:
        now += later
        if what == "admit":
            admitted = admit(breaker, now, POLICY)
            if isinstance(admitted, Admitted):
                breaker = admitted.breaker
                tickets.append(admitted.ticket)
        elif tickets:
            ticket = tickets.pop(which % len(tickets))
            if what == "answered":
                breaker = answered(breaker, ticket, now, POLICY)
            elif what == "given_up":
                breaker = given_up(breaker, ticket, now)
            else:
                breaker = failed(breaker, ticket, what[0], now, POLICY, retry_after=what[1])
        yield breaker, now, tickets


def test_failures_in_a_row_open_it():
    breaker = Breaker()
    for _ in range(POLICY.in_a_row - 1):
        breaker = called(breaker, 0, "rate_limited")
    assert breaker.phase == "closed"
    assert called(breaker, 0, "rate_limited").phase == "open"


def test_an_answer_ends_the_row():
    breaker = Breaker()
    for _ in range(3):
        breaker = called(called(called(breaker, 0, "timed_out"), 0, "timed_out"), 0)
    assert breaker.phase == "closed"


def test_too_many_failures_among_a_windows_calls_open_it():
    breaker = Breaker()
    for n in range(5):
        breaker = called(called(breaker, n * 10_000, "server_error"), n * 10_000)
    assert breaker.phase == "closed"
    assert called(called(breaker, 50_000), 50_000, "server_error").phase == "open"


def test_failures_of_long_ago_do_not_count():
    breaker = Breaker()
    for n in range(50):
        breaker = called(called(called(breaker, n * 40_000, "server_error"), n * 40_000), n * 40_000, "connection")
    assert breaker.phase == "closed"


@pytest.mark.parametrize("trouble", OF_THE_QUESTION)
def test_what_is_wrong_with_a_question_never_opens_it(trouble):
    breaker = Breaker()
    for _ in range(100):
        breaker = called(breaker, 0, trouble)
    assert breaker.phase == "closed"


def test_an_open_one_admits_one_call_after_its_pause():
    breaker = opened()
    assert admit(breaker, 999, POLICY) == Shut(until=1_000)
    trying = admit(breaker, 1_000, POLICY)
    assert isinstance(trying, Admitted)
    assert admit(trying.breaker, 1_001, POLICY) == Shut(until=6_000)


def test_a_trial_that_is_answered_closes_it():
    assert called(opened(), 1_000).phase == "closed"
    assert called(opened(), 1_000, "refused_request").phase == "closed"


def test_each_trial_that_fails_doubles_the_pause_up_to_the_longest():
    breaker, pauses = opened(), []
    for _ in range(6):
        pauses.append(breaker.until)
        breaker = called(breaker, breaker.until, "server_error")
    steps = [after - before for before, after in zip([0, *pauses], pauses, strict=False)]
    assert steps == [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]


def test_a_trial_that_nobody_heard_of_is_followed_by_another():
    trying = admit(opened(), 1_000, POLICY)
    again = admit(trying.breaker, 6_000, POLICY)
    assert isinstance(again, Admitted)
    assert answered(again.breaker, trying.ticket, 6_001, POLICY) == again.breaker
    assert answered(again.breaker, again.ticket, 6_001, POLICY).phase == "closed"


def test_a_trial_that_was_not_made_leaves_room_for_another():
    trying = admit(opened(), 1_000, POLICY)
    assert isinstance(admit(given_up(trying.breaker, trying.ticket, 1_001), 1_001, POLICY), Admitted)


def test_calls_that_began_before_it_opened_say_nothing():
    early = admit(Breaker(), 0, POLICY)
    breaker = opened()
    assert answered(breaker, early.ticket, 1, POLICY) == breaker
    assert failed(breaker, early.ticket, "overloaded", 1, POLICY, retry_after=9) == breaker


@given(retry_after=st.floats(0, 10))
def test_a_provider_is_left_alone_as_long_as_it_asks(retry_after):
    assert opened(now=500, retry_after=retry_after).until >= 500 + int(retry_after * 1000)


@given(retry_after=st.floats(10, 1e12))
def test_but_not_for_ever(retry_after):
    assert opened(now=500, retry_after=retry_after).until == 500 + POLICY.longest


@given(steps)
def test_it_never_stays_shut_longer_than_it_may(steps):
    for breaker, now, _ in histories(steps):
        decided = admit(breaker, now, POLICY)
        if isinstance(decided, Shut):
            assert now < decided.until <= now + max(POLICY.longest, POLICY.trial)
            assert isinstance(admit(breaker, decided.until, POLICY), Admitted)


@given(steps)
def test_it_always_closes_again_with_one_answer(steps):
    for breaker, now, _ in histories(steps):
        assert called(breaker, max(now, breaker.until)).phase == "closed"


@given(steps)
def test_of_the_calls_under_way_one_at_most_is_a_trial(steps):
    for breaker, now, tickets in histories(steps):
        if breaker.phase == "trying" and now < breaker.until:
            assert tickets.count(breaker.ticket) <= 1
            assert isinstance(admit(breaker, now, POLICY), Shut)


@given(steps)
def test_the_windows_hold_no_more_than_was_called(steps):
    for breaker, _, _ in histories(steps):
        assert 0 <= breaker.now.failures <= breaker.now.calls
        assert 0 <= breaker.before.failures <= breaker.before.calls
