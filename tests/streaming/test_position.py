"""Whatever fetches lose, repeat or reorder: every record is taken once, in order; committed is what was confirmed."""

from itertools import pairwise
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from argus_streams.streaming.position import STILL_SECONDS, STILL_SECONDS_MAX, Chunk, Partition, Position

TP = Partition("in", 0)
ID = "topic-id"


class Bare(NamedTuple):
    offset: int
    topic: str = "in"
    partition: int = 0
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = b""
    headers: tuple = ()


def chunk(*offsets, fetch=0):
    return Chunk([Bare(offset) for offset in offsets], size=len(offsets), fetch=fetch, generation=1)


def begun(offset=0):
    position = Position()
    position.reset(TP, offset, ID, now=0.0)
    return position


def taken(position, *offsets, now=0.0):
    """The offsets that are processed of a chunk fetched just now."""
    fetch = position.fetches().get(TP, 0)
    position.fetched(TP, fetch, now)
    return [record.offset for record in position.take(TP, chunk(*offsets, fetch=fetch), now).records]


def asked(position, now=0.0, end=0):
    """Where the fetch loop seeks to."""
    questions = position.questions({TP: end}, now)
    for tp, _ in questions:
        position.asked(tp, now)
    return [offset for _, offset in questions]


class Log:
    """A partition and a consumer's fetch position in it, which loses what it is told to."""

    def __init__(self, offsets):
        self.offsets = sorted(offsets)
        self.end = self.offsets[-1] + 1
        self.position = begun()
        self.at = 0
        self.waiting = []
        self.processed = []
        self.now = 0.0

    def fetch(self, count):
        self.now += 0.1
        for _, offset in self.position.questions({TP: self.end}, self.now):
            self.at = offset
            self.position.asked(TP, self.now)
        number = self.position.fetches().get(TP, 0)
        found = [offset for offset in self.offsets if offset >= self.at][:count]
        if found:
            self.position.fetched(TP, number, self.now)
            self.at = found[-1] + 1
            self.waiting.append(chunk(*found, fetch=number))

    def lose(self, index):
        if self.waiting:
            self.waiting.pop(index % len(self.waiting))

    def repeat(self, index):
        if self.waiting:
            self.waiting.append(self.waiting[index % len(self.waiting)])

    def deliver(self, index):
        if self.waiting:
            records = self.position.take(TP, self.waiting.pop(index % len(self.waiting)), self.now).records
            self.processed += [record.offset for record in records]

    def confirm(self, share):
        """Some of what was processed becomes durable."""
        if self.processed:
            self.position.confirm(TP, self.processed[share % len(self.processed)] + 1)

    def settle(self):
        """From now on nothing is lost."""
        for _ in range(1000):
            self.now += STILL_SECONDS_MAX
            self.fetch(5)
            while self.waiting:
                self.deliver(0)
            if self.processed[-1:] == self.offsets[-1:]:
                return


step = st.tuples(st.sampled_from(["fetch", "lose", "repeat", "deliver", "deliver", "confirm"]), st.integers(0, 7))


@settings(max_examples=300, deadline=None)
@given(offsets=st.sets(st.integers(0, 60), min_size=1), steps=st.lists(step, max_size=60))
def test_every_record_is_taken_once_in_order_whatever_fetches_lose_repeat_or_reorder(offsets, steps):
    log = Log(offsets)
    for name, number in steps:
        confirmed_before = log.processed[:]
        getattr(log, name)(number + 1 if name == "fetch" else number)
        assert log.position.done()[TP] <= (confirmed_before or log.processed or [-1])[-1] + 1
    log.settle()
    assert log.processed == log.offsets


@given(confirmed=st.lists(st.integers(0, 100)))
def test_what_is_committed_is_what_was_confirmed_and_never_goes_back(confirmed):
    position = begun()
    for number, end in enumerate(confirmed, 1):
        position.confirm(TP, end)
        assert position.done() == {TP: max(confirmed[:number])}


def test_taking_commits_nothing():
    position = begun()
    assert taken(position, 0, 1, 2) == [0, 1, 2]
    assert position.done() == {TP: 0}


def test_a_repeat_is_not_taken_and_what_follows_in_the_same_chunk_is():
    position = begun()
    taken(position, 0, 1, 2)
    assert taken(position, 0, 1, 2) == []
    assert taken(position, 1, 2, 3, 4) == [3, 4]


def test_a_fetch_that_goes_back_though_nobody_sought_is_doubtful():
    position = begun()
    assert taken(position, 0, 1, 2) == [0, 1, 2]
    assert position.doubtful(TP, chunk(0, 1, fetch=5))
    assert not position.doubtful(TP, chunk(3, 4, fetch=5))
    fetch = position.fetches()[TP]
    position.moved(TP)
    assert not position.doubtful(TP, chunk(0, 1, fetch=fetch))


def test_a_hole_is_asked_for_again_before_anything_behind_it_is_taken():
    position = begun()
    taken(position, 0, 1)
    assert taken(position, 4, 5) == []
    assert asked(position) == [2]
    assert taken(position, 2, 3, 4, 5) == [2, 3, 4, 5]
    assert (position.repaired, position.gaps) == (1, 0)


def test_a_hole_in_the_answer_to_that_very_question_is_real_and_told():
    position = begun()
    taken(position, 4, 5)
    asked(position)
    number = position.fetches()[TP]
    found = position.take(TP, chunk(4, 5, fetch=number), 0.0)
    assert [record.offset for record in found.records] == [4, 5]
    assert found.hole == (0, 4)
    assert (position.repaired, position.gaps) == (1, 1)


def test_what_comes_after_a_lost_answer_does_not_answer_in_its_stead():
    position = begun()
    taken(position, 4, 5)
    asked(position)
    position.fetched(TP, position.fetches()[TP], 0.0)  # the answer: 0..3, dropped on its way
    assert taken(position, 4, 5) == []
    assert asked(position) == [0]


def test_a_chunk_fetched_before_the_seek_asks_no_second_question():
    position = begun()
    early = position.fetches().get(TP, 0)
    taken(position, 4, 5)
    asked(position)
    assert not position.take(TP, chunk(6, 7, fetch=early), 0.0).records
    assert asked(position) == []


def test_a_partition_that_stands_still_with_records_ahead_is_asked_again_ever_more_rarely():
    position = begun()
    assert asked(position, now=STILL_SECONDS, end=5) == []
    times = [now for now in range(400) if asked(position, now=float(now), end=5)]
    pauses = [later - sooner for sooner, later in pairwise(times)]
    assert pauses[:4] == [5, 9, 17, 33]
    assert max(pauses) == STILL_SECONDS_MAX + 1


def test_a_partition_whose_fetched_records_wait_for_a_long_turn_is_not_asked_again():
    position = begun()
    for second in range(20):
        position.fetched(TP, second, now=float(second))
        assert asked(position, now=second + 1.0, end=1000) == []
    assert asked(position, now=19 + STILL_SECONDS + 1, end=1000) == [0]


def test_a_partition_read_to_its_end_is_not_asked():
    position = begun(5)
    assert asked(position, now=1000.0, end=5) == []


def test_after_a_reset_a_question_of_before_is_void():
    position = begun()
    taken(position, 4)
    asked(position)
    position.moved(TP)
    position.reset(TP, 0, ID, now=0.0)
    assert taken(position, 4) == []
    assert asked(position) == [0]


def test_what_arrives_of_a_partition_given_up_is_nobodys():
    position = begun()
    position.forget([TP])
    assert taken(position, 0) == []
    position.confirm(TP, 1)
    assert position.done() == {}
    assert position.held() == {}


def test_partitions_are_known_with_the_id_of_their_topic():
    assert begun().held() == {TP: ID}


def test_headroom_is_what_lies_between_the_beginning_of_the_log_and_what_is_committed():
    position = begun(100)
    assert position.headroom() == {}
    position.begun({TP: 40, Partition("in", 7): 3})
    assert position.headroom() == {TP: 60}
    position.begun({TP: 120})
    assert position.headroom() == {TP: -20}
