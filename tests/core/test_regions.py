from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.audit.mirroring import Comparison
from argus_streams.core.records import Raw, Spot
from argus_streams.core.regions import everywhere, home, mirror

HERE = ("argus.events.incoming", "argus.groups.commands")


def test_each_topic_is_followed_by_what_other_regions_have_in_theirs():
    assert everywhere(["a", "b"], ["eu", "us"]) == ("a", "eu.a", "us.a", "b", "eu.b", "us.b")
    assert everywhere(["a"], []) == ("a",)


def test_a_mirrored_topic_is_at_home_in_the_one_that_it_mirrors_and_no_other_topic_is():
    for topic in HERE:
        assert home(mirror("us-east-1", topic), HERE) == home(topic, HERE) == topic
    for other in ("argus.groups", "eu.argus.groups", "EU.argus.groups.commands", ".argus.groups.commands", "eu"):
        assert home(other, HERE) == other


def raw(topic, offset, body):
    return Raw(Spot(topic, 0, offset), 1_000 * body, b"key", b"%d" % body, (("name", None),))


def compared(source, here):
    """Both logs in order of time, as they are read."""
    found = Comparison()
    theirs = [raw("source", offset, body) for offset, body in enumerate(source)]
    ours = [raw("mirror", offset, body) for offset, body in enumerate(here)]
    for each in sorted([*theirs, *ours], key=lambda each: each.time):
        (found.source if each.at.topic == "source" else found.mirror)(each)
    for each in theirs:
        found.again(each)
    return found


def total(runs):
    return sum(run.number for run in runs)


bodies = st.integers(0, 50).map(lambda number: sorted(range(number)))


@given(bodies, st.data())
def test_what_is_lost_or_doubled_between_regions_is_found_by_number_and_place(source, data):
    kept = data.draw(st.lists(st.sampled_from(source), unique=True).map(sorted)) if source else []
    again = data.draw(st.lists(st.sampled_from(kept), max_size=5)) if kept else []
    strange = data.draw(st.lists(st.integers(100, 120), unique=True, max_size=3))
    found = compared(source, [*kept, *again, *strange])
    last = max(kept, default=-1)
    assert (found.records, found.matched) == (len(source), len(kept))
    assert total(found.missing()) == len([each for each in source if each not in kept and each < last])
    assert total(found.behind()) == len([each for each in source if each > last])
    assert (total(found.double()), total(found.strange())) == (len(again), len(strange))


@given(bodies)
def test_a_mirror_that_has_all_differs_in_nothing_and_holds_nothing(source):
    found = compared(source, source)
    assert not found.differs
    assert [*found.missing(), *found.behind(), *found.double(), *found.strange()] == []


def test_two_equal_bodies_of_one_moment_are_two():
    found = compared([1, 1, 2], [1, 2])
    assert (total(found.missing()), found.matched) == (1, 2)
