"""How many users a group has touched: exact while they are few, near while they are many, whatever their order."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.grouping.users import EXACT, number_of_users, user_hash, with_users

users = st.lists(st.integers(0, 200).map(lambda number: user_hash(f"user {number}")), max_size=300)


def counted(*parts):
    return reduce(with_users, parts, ())


@given(users, st.randoms(use_true_random=False), st.integers(1, 40))
def test_neither_order_nor_repeats_nor_cuts_change_the_sketch(hashes, random, size):
    again = hashes * 2
    random.shuffle(again)
    assert counted(*(again[at : at + size] for at in range(0, len(again), size))) == counted(hashes)


@given(st.integers(0, EXACT))
def test_few_users_are_counted_exactly(number):
    assert number_of_users(counted([user_hash(f"user {each}") for each in range(number)])) == number


@pytest.mark.parametrize("number", [100, 1_000, 10_000, 100_000])
def test_many_users_are_counted_within_three_standard_errors(number):
    estimate = number_of_users(counted([user_hash(f"user {each}") for each in range(number)]))
    assert abs(estimate - number) < 3 * 0.18 * number


def test_one_more_user_is_never_fewer_users():
    sketch, last = (), 0
    for number in range(500):
        sketch = with_users(sketch, [user_hash(f"user {number}")])
        assert number_of_users(sketch) >= last
        last = number_of_users(sketch)


def test_a_user_that_changes_nothing_leaves_the_same_sketch():
    sketch = counted([user_hash(f"user {each}") for each in range(100)])
    assert with_users(sketch, [2**32 - 1, sketch[0]]) is sketch
