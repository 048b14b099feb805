"""Which words on two groups hold, in whatever order they are read, and what people see of groups that are linked."""

import pytest
from builders import NOW, command
from hypothesis import given
from hypothesis import strategies as st
from stored_rows import a_group

from argus_streams.core.events import Origin
from argus_streams.core.grouping.families import families, summed
from argus_streams.core.grouping.group import command as decide
from argus_streams.core.grouping.links import OTHERS, apart, linked
from argus_streams.core.grouping.state import decode, encode
from argus_streams.errors import Malformed

words = st.lists(
    st.tuples(
        st.sampled_from(["v1:b", "v1:c", "v1:d"]),
        st.sampled_from(["link", "unlink"]),
        st.sampled_from(["ada", "argus:merge"]),
        st.integers(0, 5),
    ),
    max_size=8,
)


def said(told, state=None):
    for offset, (other, action, by, time) in told:
        order = command(action, by, other=other)
        state = decide(state, order, time=NOW + time, origin=Origin("commands-id", 0, offset)).state
    return state


def spoken(*told):
    return said(list(enumerate(told))).words


@given(words, st.data())
def test_links_do_not_depend_on_the_order_of_commands_nor_on_repeats(told, data):
    told = list(enumerate(told))
    once, again = said(told), said(data.draw(st.permutations(told + told)))
    assert (once and once.words) == (again and again.words)
    assert once is None or decode(encode(once)).words == once.words


def test_a_repeat_of_a_link_changes_nothing():
    order, origin = command("link", other="v1:b"), Origin("commands-id", 0, 1)
    state = decide(None, order, time=NOW, origin=origin).state
    again = decide(state, order, time=NOW, origin=origin)
    assert (again.reason, again.changed, again.state) == ("repeat", False, state)


def test_the_last_word_on_a_group_holds():
    assert linked(spoken(("v1:b", "link", "ada", 1), ("v1:b", "unlink", "bob", 2))) is None
    assert apart(spoken(("v1:b", "link", "ada", 1), ("v1:b", "unlink", "bob", 2))) == ("v1:b",)
    assert linked(spoken(("v1:b", "link", "ada", 3), ("v1:b", "unlink", "bob", 2))) == "v1:b"


def test_a_persons_word_outranks_a_programs_later_one():
    assert apart(spoken(("v1:b", "unlink", "ada", 1), ("v1:b", "link", "argus:merge", 9))) == ("v1:b",)
    assert linked(spoken(("v1:b", "link", "ada", 1), ("v1:c", "link", "argus:merge", 9))) == "v1:b"


def test_a_group_counts_with_the_one_that_it_was_linked_with_last():
    told = spoken(("v1:b", "link", "ada", 1), ("v1:c", "link", "ada", 2), ("v1:d", "unlink", "ada", 3))
    assert (linked(told), apart(told)) == ("v1:c", ("v1:d",))
    assert (
        linked(spoken(("v1:b", "link", "ada", 1), ("v1:c", "link", "ada", 2), ("v1:c", "unlink", "ada", 3))) == "v1:b"
    )


@given(st.permutations(range(OTHERS + 10)))
def test_of_more_words_than_are_kept_the_highest_are_whatever_the_order(order):
    told = [(number, (f"v1:{number}", "unlink", "ada", number)) for number in order]
    assert apart(said(told).words) == tuple(sorted(f"v1:{number}" for number in range(10, OTHERS + 10)))


@pytest.mark.parametrize("other", [None, "", "v1:aa", "v" * 129])
@pytest.mark.parametrize("action", ["link", "unlink"])
def test_a_link_needs_another_group(action, other):
    with pytest.raises(Malformed, match="no other group"):
        decide(None, command(action, other=other), time=NOW, origin=Origin("commands-id", 0, 0))


def linked_groups(**links):
    """Groups by one letter each, of which some are linked."""
    names = sorted({*links, *(other for other in links.values() if other)})
    return [
        a_group(fingerprint=f"v1:{name}", linked=links.get(name) and f"v1:{links[name]}", count=10, hours={7: 10})
        for name in names
    ]


def shown(groups):
    return {each.canonical.fingerprint[3:]: "".join(sorted(one.fingerprint[3:] for one in each.members))
            for each in families(groups)}  # fmt: skip


def test_groups_that_are_linked_are_shown_as_the_last_of_the_chain():
    assert shown(linked_groups(a="b", b="c", d="c", e=None)) == {"c": "abcd", "e": "e"}


def test_a_circle_of_links_ends_at_its_first():
    assert shown(linked_groups(a="b", b="c", c="a", d="b")) == {"a": "abcd"}


def test_a_link_with_a_group_that_is_not_there_is_none():
    assert shown([a_group(fingerprint="v1:a", linked="v1:gone")]) == {"a": "a"}


def test_a_chain_does_not_lead_to_a_group_that_must_never_be_one_with_this():
    chain = [*linked_groups(b="c"), a_group(fingerprint="v1:a", linked="v1:b", apart=("v1:c",))]
    assert shown(chain) == {"a": "a", "c": "bc"}


def test_the_same_fingerprint_in_another_project_is_another_group():
    groups = [a_group(fingerprint="v1:a", linked="v1:b"), a_group(fingerprint="v1:b", project="blog")]
    assert shown(groups) == {"a": "a", "b": "b"}


@given(st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"), max_size=7))
def test_every_group_is_in_one_family_and_nothing_is_counted_twice(links):
    groups = linked_groups(**links)
    found = families(groups)
    assert sorted(one.fingerprint for each in found for one in each.members) == [one.fingerprint for one in groups]
    assert sum(summed(each).count for each in found) == 10 * len(groups)
    assert all(summed(each).hours == {7: summed(each).count} for each in found)
