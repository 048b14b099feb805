from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap64

from argus_streams.core.audit.places import Numbers, Places, span

PLACES = st.sets(st.tuples(st.integers(0, 30) | st.integers(2**40, 2**40 + 5), st.integers(-1, 6)))


def of(places):
    made = Places()
    for offset, index in places:
        made.add(offset, index)
    return made


@given(PLACES, PLACES, PLACES)
def test_places_are_a_set(one, other, third):
    assert list(of(one)) == sorted(one)
    assert len(of(one)) == len(one)
    assert set(of(one).without(of(other), of(third))) == one - other - third
    assert set(of(one).with_all(of(other))) == one | other
    asked = {offset for offset, _ in other}
    assert set(of(one).within(BitMap64(asked))) == {place for place in one if place[0] in asked}
    assert all(place in of(one) for place in one)
    assert not any(place in of(one) for place in other - one)
    assert set(of(one).offsets()) == {offset for offset, _ in one}
    assert {offset: of(one).at(offset) for offset, _ in one} == {
        offset: {index for at, index in one if at == offset} for offset, _ in one
    }


@given(st.integers(0, 50), st.integers(0, 20), st.integers(0, 5), st.integers(1, 4))
def test_a_run_is_all_its_places(first, length, index, count):
    made = Places()
    made.add_run(first, first + length, index, count)
    assert set(made) == {(o, i) for o in range(first, first + length) for i in range(index, index + count)}


@given(PLACES, st.lists(st.integers(0, 9), max_size=31))
def test_bodies_whose_number_of_places_differs_from_a_given_one_are_found(places, numbers):
    counted = Counter(offset for offset, _ in places)
    given_ = [(number, BitMap64([at for at, each in enumerate(numbers) if each == number])) for number in set(numbers)]
    expected = Numbers.given(given_)
    wanted = dict(enumerate(numbers))
    found = Numbers.counted(of(places).bitmaps())
    offsets = counted.keys() | wanted.keys()
    assert set(expected.differing(found)) == {o for o in offsets if counted.get(o, 0) != wanted.get(o, 0)}
    assert all(found.at(offset) == number for offset, number in counted.items())


def test_a_span_that_ends_before_it_begins_is_empty():
    assert list(span(5, 3)) == []
