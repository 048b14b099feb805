"""CI of any vendor: what failed, what closes it, and where."""

import pytest

from argus_streams.core import ci
from argus_streams.core.events import Event, Ignored


def result(outcome="failure", **more):
    return ci.result(ci.Run(repository="shop/checkout", path=("CI", "unit"), outcome=outcome, vendor_id="1", **more))


@pytest.mark.parametrize("word", ["failure", "FAILURE", "failed", "FAILED", "error", "timed_out", "UNSTABLE"])
def test_each_vendors_word_for_a_failure_opens_one_problem(word):
    item = result(word)
    assert isinstance(item, Event)
    assert (item.status, item.type, item.identity) == ("firing", word, ("ci", "shop/checkout", "CI", "unit"))


@pytest.mark.parametrize("word", ["success", "SUCCESS", "SUCCESSFUL"])
def test_each_vendors_word_for_a_success_closes_it(word):
    assert (result(word).status, result(word).identity) == ("resolved", result().identity)


@pytest.mark.parametrize("word", ["canceled", "skipped", "ABORTED", "", None])
def test_what_is_neither_is_no_event(word):
    assert result(word) == Ignored("a run that neither failed nor succeeded")


@pytest.mark.parametrize(
    ("branch", "default", "elsewhere"),
    [
        ("main", "main", False),
        ("main", "trunk", True),
        ("trunk", "trunk", False),
        ("main", None, False),
        ("master", None, False),
        ("fix", None, True),
        (None, "main", False),
        (None, None, False),
    ],
)
def test_a_run_off_the_default_branch_is_another_problem(branch, default, elsewhere):
    item = result(branch=branch, default_branch=default)
    assert (item.identity[-1] == "off the default branch") == elsewhere


def test_a_tag_is_off_the_default_branch_and_the_release():
    item = result(tag="v2.1", default_branch="main")
    assert (item.release, item.branch, item.identity[-1]) == ("v2.1", None, "off the default branch")
    assert item.title == "CI: CI / unit failed on v2.1"


def test_a_short_hash_is_no_commit():
    assert result(commit="7c1e0a9d").commit is None
    assert result(commit="A" * 40).commit == "a" * 40
