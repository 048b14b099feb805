from collections import Counter

import pytest
import variants
from oracle import REMEMBERED, Maker, Oracle

from argus_streams import app
from argus_streams.settings import Settings


@pytest.fixture(scope="module")
def bases():
    return variants.bases()[0]


def test_a_variant_tells_the_same_problem_under_another_id(bases):
    norms = app.norms(Settings())
    for base in bases:
        one, again, other = (
            variants.reading(base, base.renewed(salt), norms, offset) for offset, salt in enumerate((1, 1, 2))
        )
        assert (one.outcome, len(one.refusals)) == (base.outcome, base.letters), base.name
        for told, *events in zip(base.events, one.events, again.events, other.events, strict=True):
            found = {(fingerprint.value, event.status == "resolved") for event, fingerprint in events}
            assert found == {(told.fingerprint, told.closes)}, base.name
            first, second, third = (event.event_id for event, _ in events)
            assert (first == second) == (told.vendor_id is not None), base.name
            assert first != third, base.name


def test_what_is_published_holds_all_that_is_to_be_counted(bases):
    maker, oracle = Maker(bases, seed=3), Oracle()
    for number in range(20_000):
        oracle.published(maker.next(), (0, number))
    assert all(oracle.totals[name] for name in ("normalised", "ignored", "dead", "counted", "closed", "duplicate"))
    assert 0.015 < oracle.totals["dead"] / oracle.totals["bodies"] < 0.025
    light = {key: tally for key, tally in oracle.groups.items() if key[0].startswith("light")}
    assert max(tally.count + tally.closed for tally in light.values()) <= REMEMBERED
    assert not any(tally.duplicates for key, tally in oracle.groups.items() if key[0].startswith("heavy"))


def test_a_seed_makes_the_same_bodies(bases):
    one, other = Maker(bases, seed=5), Maker(bases, seed=5)
    assert [one.next() for _ in range(500)] == [other.next() for _ in range(500)]
    sources = Counter(one.next().source for _ in range(2_000))
    assert sources.keys() >= {"alertmanager", "argus", "github", "otlp", "sentry"}
