"""``argus locate``: a line for each page, whatever the lines before it were."""

import json

import pytest
from commands import argus

LINK = {"tag": "A", "visibleText": ["Help"], "xpath": "/html[1]/body[1]/a[1]", "href": "https://shop.example/help"}
OTHER = {"tag": "A", "visibleText": ["Shop"], "xpath": "/html[1]/body[1]/a[2]", "href": "https://shop.example/"}
PAGE = {"targets": [LINK], "candidates": [OTHER, LINK]}


def locate(*lines):
    given = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    done = argus("locate", given=given)
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_each_target_of_a_page_gets_a_decision():
    code, (answer,) = locate({"targets": [LINK, OTHER], "candidates": [OTHER, LINK]})
    assert code == 0
    assert [each["best"] for each in answer["decisions"]] == [1, 0]
    assert [each["ranking"] for each in answer["decisions"]] == [[1, 0], [0, 1]]
    assert answer["decisions"][0]["verdict"] == "apply"
    assert set(answer["decisions"][0]) == {"best", "ranking", "verdict", "probability", "reason"}


def test_without_candidates_or_targets_there_still_is_an_answer():
    code, (empty, nothing) = locate({"targets": [LINK], "candidates": []}, {"targets": [], "candidates": [LINK]})
    assert code == 0
    assert empty["decisions"][0] | {"reason": ""} == {
        "best": None,
        "ranking": [],
        "verdict": "ask",
        "probability": 0.0,
        "reason": "",
    }
    assert nothing == {"decisions": []}


def test_unknown_keys_nulls_and_missing_keys_are_taken():
    bare = {"tag": None, "classList": None, "visibleText": [None, "Help"], "location": {"x": None}, "isButton": None}
    page = {
        "set": "origin_data",
        "trivial": False,
        "pairs": [{"target": 3}],
        "targets": [LINK | {"widgetId": 1, "area": None, "location": None}],
        "candidates": [bare, {}, LINK | {"color": "#fff"}],
    }
    code, (answer,) = locate(page)
    assert code == 0
    assert answer["decisions"][0]["best"] == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"nonsense", "not a page: JSON is malformed"),
        (b"\xff\xfe", "not a page: "),
        (b"[]", "not a page: Expected `object`, got `array`"),
        (b'{"targets": []}', "missing required field `candidates`"),
        (b'{"targets": [{"id": 5}], "candidates": []}', "Expected `str | null`, got `int` - at `$.targets[0].id`"),
        (b'{"targets": [], "candidates": [{}, 7]}', "at `$.candidates[1]`"),
        (b"[" * 100_000, "not a page: "),
        (json.dumps({"targets": [{}] * 1_001, "candidates": []}).encode(), "1,001 targets"),
        (json.dumps({"targets": [], "candidates": [{}] * 100_001}).encode(), "100,001 candidates"),
    ],
)
def test_a_malformed_line_is_named_and_stops_no_other(line, told):
    code, (before, broken, after) = locate(PAGE, line, PAGE)
    assert code == 1
    assert before == after
    assert "decisions" in before
    assert told in broken["error"]


def test_empty_lines_are_passed_over():
    assert locate(b"", PAGE, b"  ", PAGE)[0] == 0
    assert len(locate(b"", PAGE, b"  ", PAGE)[1]) == 2


def test_numbers_beyond_all_pages_break_nothing():
    far = LINK | {"location": {"x": 1e308, "y": -1e308, "width": 0, "height": 0}, "area": 1e308, "shape": -1e308}
    deep = LINK | {"xpath": "/a[99999999999999999999]" * 10_000, "idxpath": "id(" * 10_000}
    code, (answer,) = locate({"targets": [far, deep], "candidates": [deep, far, LINK]})
    assert code == 0
    assert len(answer["decisions"]) == 2
