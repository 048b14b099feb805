"""Signals that were had before are known again, exactly, for a month."""

from argus_streams.core.incidents.seen import DAY, DAYS, ENTRIES, Seen, shard_of


def test_what_was_had_is_known_also_when_stored():
    seen = Seen(None)
    assert [seen.add(identity, 0) for identity in (1, 2, 1)] == [True, True, False]
    assert not Seen(seen.encoded()).add(2, 0)


def test_bytes_that_stand_across_two_entries_are_no_entry():
    seen = Seen(None)
    seen.add(0x0102030405060708, 0x090A * DAY)
    assert seen.add(0x030405060708090A, 0x090A * DAY)


def test_it_is_forgotten_after_the_month_and_not_before():
    seen = Seen(None)
    seen.add(1, 100 * DAY)
    assert not seen.add(1, (100 + DAYS) * DAY)
    assert seen.add(2, (100 + DAYS) * DAY)
    assert not seen.add(1, (100 + DAYS) * DAY)
    assert seen.add(3, (101 + DAYS) * DAY)
    assert seen.add(1, (101 + DAYS) * DAY)


def test_a_shard_is_bounded():
    seen = Seen(b"".join(at.to_bytes(8) + b"\0\1" for at in range(ENTRIES)))
    assert seen.add(ENTRIES, DAY)
    assert len(seen.encoded()) < ENTRIES * 10


def test_a_shard_is_named_by_three_hexadecimal_digits():
    assert shard_of(0xABC << 52) == "abc"
    assert shard_of(1) == "000"
