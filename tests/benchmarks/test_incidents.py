"""The simulated month, in short: the rules still find what is planted in it."""

import re

from programs import measured


def test_a_short_month_is_found_again():
    done = measured("incidents", "--projects", 2, "--days", 8, "--seed", 5)
    numbers = re.search(r"^CORRELATE +\d+ +([\d.]+) +([\d.]+) +([\d.]+)", done.stdout, re.MULTILINE)
    precision, recall, named = map(float, numbers.groups())
    assert precision >= 0.8
    assert recall >= 0.75
    assert named >= 0.8
