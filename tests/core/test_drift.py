"""A field that its sender is not known to send is told by its path, whatever the body is, at a bounded price."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core import drift

KNOWN = drift.known(["version", "alerts[].status", "alerts[].labels.*", "alerts[].seen[].at", 'meta."http.route"'])
BODY = {
    "version": "4",
    "alerts": [{"status": "firing", "labels": {"a": "b"}, "seen": [{"at": 1}]}, {"labels": {"x": {"y": [1]}}}],
    "meta": {"http.route": "/cart"},
}
names = st.text(max_size=4) | st.sampled_from(["[]", "*", "a.b", 'a"b', "a[]", "\ud83d", "\n"])
bodies = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


def with_(path, value):
    told = json.loads(json.dumps(BODY))
    holder = told
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    return told


def test_a_body_of_known_fields_tells_nothing():
    assert drift.unknown(BODY, KNOWN) == ()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (["groupKey"], "groupKey"),
        (["meta", "site"], "meta.site"),
        (["alerts", 1, "silenced"], "alerts[].silenced"),
        (["alerts", 0, "seen", 0, "by"], "alerts[].seen[].by"),
        (["meta", "url.full"], 'meta."url.full"'),
    ],
)
def test_an_invented_field_is_told_with_its_path(path, told):
    assert drift.unknown(with_(path, "x"), KNOWN) == (told,)


def test_of_an_unknown_object_only_its_own_path_is_told():
    assert drift.unknown(with_(["annotations"], {"a": {"b": 1}}), KNOWN) == ("annotations",)


def test_a_known_text_that_became_an_object_or_a_list_is_told_by_what_it_holds():
    assert drift.unknown({"version": {"major": 4}}, KNOWN) == ("version.major",)
    assert drift.unknown({"version": ["4"]}, KNOWN) == ("version[]",)


def test_a_path_in_many_elements_is_told_once():
    assert drift.unknown({"alerts": [{"muted": True}] * 50}, KNOWN) == ("alerts[].muted",)


@pytest.mark.parametrize("known", [["labels.*"], ["*"], ["labels.*", "labels.a"]])
def test_keys_below_an_open_map_are_not_told(known):
    assert drift.unknown({"labels": {"region": {"zone": [{"a": 1}]}}}, drift.known(known)) == ()


def test_a_list_at_the_top_is_known_by_its_elements():
    known = drift.known(["[].labels.*"])
    assert drift.unknown([{"labels": {"a": 1}}, {"label": 1}], known) == ("[].label",)


def test_a_hostile_body_is_told_by_a_few_bounded_paths_and_is_not_walked_whole():
    class Counting(dict):
        looked = 0

        def items(self):
            for item in super().items():
                Counting.looked += 1
                yield item

    told = drift.unknown(Counting({f"key{number}{'x' * 500}": {} for number in range(100_000)}), drift.known(["a"]))
    assert len(told) == drift.PATHS
    assert max(map(len, told)) == drift.LENGTH
    assert Counting.looked <= drift.PATHS + 1
    Counting.looked = 0
    keys = [f"key{number}" for number in range(100_000)]
    assert drift.unknown({"a": Counting.fromkeys(keys)}, drift.known(f"a.{key}" for key in keys)) == ()
    assert Counting.looked <= drift.NODES + 1


def test_a_path_is_one_line_of_visible_characters():
    (told,) = drift.unknown({"a\n\x1b[31m\u202e": 1}, {})
    assert told == r'"a\n\u001b[31m\u202e"'


def test_fields_deeper_than_eight_objects_are_not_looked_at():
    path = ".".join("abcdefgh")
    body = {"z": 1}
    for key in reversed("abcdefgh"):
        body = {key: body}
    assert drift.unknown(body, drift.known([f"{path}.y"])) == (f"{path}.z",)
    assert drift.unknown({"o": body}, drift.known([f"o.{path}.y"])) == ()


@given(body=bodies)
def test_a_body_has_no_unknown_field_once_its_own_paths_are_known(body):
    assert drift.unknown(body, drift.known(drift.paths(body))) == ()


def test_what_is_below_an_open_path_needs_no_line():
    told = ["tags.*", "tags.a", "tags", "tagset", "extra", "b[].*", "b[].c.d", "b[].c.*", "b[]"]
    assert drift.closed(told) == ["b[].*", "extra", "tags.*", "tagset"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("alerts[].labels.region", "alerts[].labels.*"),
        ("alerts[].labels", "alerts[].labels.*"),
        ("tags[][]", "tags.*"),
        ("tagset.a", "tagset.a"),
    ],
)
def test_a_path_is_opened_at_the_first_map_whose_keys_are_the_customers(path, told):
    assert drift.opened(path, {"labels", "tags", "region"}) == told


@pytest.mark.parametrize("step", [1, 2, 3, 10, 64, 1000, 4096])
def test_about_one_in_64_is_of_the_sample_whatever_steps_offsets_take(step):
    taken = sum(map(drift.sampled, range(5, 5 + 64_000 * step, step)))
    assert 700 <= taken <= 1300


def test_the_sample_is_the_same_on_every_machine():
    assert [offset for offset in range(250) if drift.sampled(offset)] == [0, 34, 89, 178, 233]
