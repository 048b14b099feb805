import ids
import pytest
import variants
from oracle import REMEMBERED, Maker, Oracle

from argus_streams import app, sources
from argus_streams.settings import Settings


@pytest.fixture(scope="module")
def norms(tmp_path_factory):
    return app.norms(Settings(mappings_file=variants.mappings(tmp_path_factory.mktemp("bodies"))))


def test_every_sender_is_in_the_load(all_bases):
    maker = Maker(all_bases, seed=5)
    assert {maker.next().source for _ in range(2_000)} >= sources.load().keys()


def test_a_variant_tells_the_same_problem_under_another_id(all_bases, norms):
    for base in all_bases:
        one, again, other = (
            variants.reading(base, base.renewed(salt), norms, offset) for offset, salt in enumerate((7, 7, 12_345))
        )
        assert (one.outcome, len(one.refusals)) == (base.outcome, base.letters), base.name
        for told, *events in zip(base.events, one.events, again.events, other.events, strict=True):
            found = {(fingerprint.value, event.status == "resolved") for event, fingerprint in events}
            assert found == {(told.fingerprint, told.closes)}, base.name
            first, second, third = (event.event_id for event, _ in events)
            assert (first == second) == (told.vendor_id is not None), base.name
            assert first != third or not base.renewable(), base.name


def test_nearly_every_body_can_be_varied(all_bases):
    assert sum(base.renewable() for base in all_bases) > 0.95 * len(all_bases)


def test_another_word_is_of_the_same_kind_and_no_two_are_alike():
    words = (b"2025-11-23T12:00:00.5Z", b"12345", b"a1b2c3d4" * 4, b"0b2c1d3e-1111-2222-3333-444455556666", b"PT4KH")
    for word in words:
        others = [ids.other(word, salt) for salt in range(1_000)]
        assert len(set(others)) == 1_000
        assert all(ids.WORDS.fullmatch(other) for other in others)


def test_what_is_published_holds_all_that_is_to_be_counted(all_bases):
    maker, oracle = Maker(all_bases, seed=3), Oracle()
    for number in range(8_000):
        oracle.published(maker.next(), ("topic", 0, number))
    assert all(oracle.totals[name] for name in ("normalised", "ignored", "dead", "counted", "closed", "duplicate"))
    assert 0.015 < oracle.totals["dead"] / oracle.totals["bodies"] < 0.025
    light = {key: tally for key, tally in oracle.groups.items() if key[0].startswith("light")}
    assert max(tally.count + tally.closed for tally in light.values()) <= REMEMBERED
    assert not any(tally.duplicates for key, tally in oracle.groups.items() if not key[0].startswith("light"))


def test_a_seed_makes_the_same_bodies(all_bases):
    one, other = Maker(all_bases, seed=5), Maker(all_bases, seed=5)
    assert [one.next() for _ in range(500)] == [other.next() for _ in range(500)]
    assert [one.next() for _ in range(100)] != [Maker(all_bases, seed=6).next() for _ in range(100)]
