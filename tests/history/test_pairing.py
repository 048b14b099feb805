"""Two groupings of the same events, paired by place."""

from collections import Counter, defaultdict
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.adapters.pairing import SHOWN, Pairing, Seen


def seen(place, group):
    return Seen(0, place % 3, place, place % 2, "shop", group, f"title of {group}")


def changes(now, then):
    """The changes between two mappings of place to group."""
    with closing(Pairing()) as pairing:
        for side, told in (("now", now), ("then", then)):
            pairing.add(side, [seen(place, group) for place, group in told.items()])
            pairing.add(side, [seen(place, group) for place, group in list(told.items())[:3]])  # told twice
        assert pairing.pair() == (len(now), len(then))
        return list(pairing.changes())


@pytest.mark.parametrize(
    ("now", "then", "fates"),
    [
        ("aaabb", "aaabb", ["stays a 3", "stays b 2"]),
        ("aaabb", "xxxbb", ["moves a 3", "stays b 2"]),
        ("aaab", "axyb", ["splits a 3", "stays b 1"]),
        ("aabbc", "xxxxc", ["stays c 1", "joins x 4"]),
        ("aabb", "aaaa", ["joins a 4"]),
        ("aab.", "aa.z", ["stays a 2", "vanishes b 1", "appears z 1"]),
        ("aabb", "axxb", ["splits a 2", "splits b 2", "joins x 2"]),
    ],
)
def test_what_becomes_of_each_group_is_told(now, then, fates):
    one, other = ({n: name for n, name in enumerate(names) if name != "."} for names in (now, then))
    assert [f"{each.fate} {each.fingerprint} {each.events}" for each in changes(one, other)] == fates


def test_of_a_split_the_largest_parts_are_told_and_how_many_there_are():
    now = dict.fromkeys(range(100), "a")
    (change,) = changes(now, {n: f"g{n}" for n in range(99)})
    assert (change.fate, change.others, len(change.parts), change.unread) == ("splits", 99, SHOWN, 1)


GROUPING = st.dictionaries(st.integers(0, 30), st.sampled_from("abcd"), max_size=30)


@given(GROUPING, GROUPING)
def test_every_group_of_either_side_is_told_of_once_and_every_event_counts(now, then):
    told = changes(now, then)
    olds, news = defaultdict(set), defaultdict(set)
    for place in now.keys() & then.keys():
        olds[now[place]].add(then[place])
        news[then[place]].add(now[place])
    found = {fate: {each.fingerprint for each in told if each.fate == fate} for fate in {each.fate for each in told}}
    assert found.get("splits", set()) == {group for group, into in olds.items() if len(into) > 1}
    assert found.get("joins", set()) == {group for group, of in news.items() if len(of) > 1}
    assert found.get("appears", set()) == set(then.values()) - news.keys()
    assert found.get("vanishes", set()) == set(now.values()) - olds.keys()
    sizes = Counter(now.values())
    assert all(each.events == sizes[each.fingerprint] for each in told if each.fate in ("stays", "splits", "moves"))
