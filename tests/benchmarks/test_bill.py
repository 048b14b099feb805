"""The bill of a simulated month."""

import pytest
from programs import measured


@pytest.fixture(scope="module")
def bill():
    return measured("bill", "--requests", 3000)


def test_it_tells_calls_and_dollars_by_tier(bill):
    tiers = [line.split()[0] for line in bill.stdout.splitlines() if line.startswith(("small", "middle", "large"))]
    assert tiers == ["small", "middle", "large"]


def test_it_stays_below_the_ceiling_and_saves_enough(bill):
    assert bill.returncode == 0, bill.stdout
    assert "below the bar" not in bill.stdout


def test_the_same_seed_is_the_same_bill(bill):
    assert measured("bill", "--requests", 3000).stdout == bill.stdout
    assert measured("bill", "--requests", 3000, "--seed", 2).stdout != bill.stdout
