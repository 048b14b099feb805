"""Jenkins: two plugins, folders, branches, and an end that is told twice."""

import json

import pytest

from argus_streams.core.events import Ignored
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.jenkins import SOURCE

HOST = "https://jenkins.example.com"


def read(told):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), {}, 0))
    return item


def build(status, number=7, place="job/shop/job/checkout", phase="FINALIZED", **more):
    told = {"full_url": f"{HOST}/{place}/{number}/", "number": number, "phase": phase, "status": status, **more}
    return read({"name": place.rpartition("/")[2], "url": f"{place}/", "build": told})


def finished(result, place="job/shop/job/checkout", **more):
    return read({"jobName": "shop/checkout", "result": result, "url": f"{HOST}/{place}/7/", **more})


def test_a_build_that_succeeds_closes_the_failure():
    red, green = build("FAILURE"), build("SUCCESS", 8)
    assert (red.status, green.status) == ("firing", "resolved")
    assert red.identity == green.identity == ("ci", "shop", "checkout")


def test_the_two_ends_of_a_build_are_one_occurrence_unless_the_second_is_another():
    assert build("FAILURE", phase="COMPLETED") == build("FAILURE", phase="FINALIZED")
    assert build("SUCCESS", phase="COMPLETED").vendor_id != build("FAILURE", phase="FINALIZED").vendor_id


def test_a_job_that_is_made_anew_counts_from_one_and_its_builds_are_others():
    assert build("FAILURE", 1, queue_id=40).vendor_id != build("FAILURE", 1, queue_id=97).vendor_id


def test_both_plugins_tell_one_job():
    assert build("FAILURE").identity == finished("FAILURE").identity
    assert finished("FAILURE").vendor_id == f"build:{HOST}/job/shop/job/checkout/7/:FAILURE"


@pytest.mark.parametrize("phase", ["QUEUED", "STARTED", None, {}])
def test_a_build_under_way_is_ignored_whatever_the_one_before_it_was(phase):
    assert build("FAILURE", phase=phase) == Ignored("a run that is not finished")


def test_a_build_without_result_is_ignored():
    assert finished(None) == Ignored("a run that is not finished")


@pytest.mark.parametrize("status", ["ABORTED", "NOT_BUILT", None])
def test_a_build_that_neither_failed_nor_succeeded_is_ignored(status):
    assert build(status) == Ignored("a run that neither failed nor succeeded")


def test_failing_tests_are_a_failure_that_says_how_many():
    item = build("UNSTABLE", test_summary={"total": 412, "failed": 3})
    assert (item.status, item.message) == ("firing", "3 of 412 tests failed")
    assert item.title == "CI: shop / checkout has failing tests"


def test_else_the_message_is_the_log():
    assert build("FAILURE", log="make: *** [test] Error 1\n").message == "make: *** [test] Error 1"
    assert build("FAILURE", log="\n", test_summary={"failed": 0}).message == "shop / checkout failed"


@pytest.mark.parametrize(
    ("last", "branch", "told"),
    [
        ("main", None, ("main", ("ci", "shop", "checkout"))),
        ("PR-12", None, ("PR-12", ("ci", "shop", "checkout", "off the default branch"))),
        (
            "feature%252Fcart",
            "origin/feature/cart",
            ("feature/cart", ("ci", "shop", "checkout", "off the default branch")),
        ),
        ("nightly", None, (None, ("ci", "shop", "checkout", "nightly"))),
        ("nightly", "origin/main", ("main", ("ci", "shop", "checkout", "nightly"))),
    ],
)
def test_a_multibranch_job_is_one_with_a_branch(last, branch, told):
    item = build("FAILURE", place=f"job/shop/job/checkout/job/{last}", scm={"branch": branch})
    assert (item.branch, item.identity) == told


def test_a_job_at_the_top_may_be_called_as_a_branch_is():
    assert build("FAILURE", place="job/main").identity == ("ci", "main")


@pytest.mark.parametrize("url", ["https://github.com/example/checkout.git", "git@github.com:example/checkout.git"])
def test_the_repository_is_known_by_its_address(url):
    item = build("FAILURE", scm={"url": url, "branch": "refs/remotes/origin/main", "commit": "a" * 40})
    assert (item.repository, item.branch, item.commit) == ("example/checkout", "main", "a" * 40)
    assert item.identity == ("ci", "example/checkout", "shop", "checkout")


def test_a_server_that_does_not_know_its_address_still_names_the_job():
    told = {"number": 7, "phase": "FINALIZED", "status": "FAILURE"}
    whole = {"name": "checkout", "url": "job/checkout/", "build": {**told, "url": "job/checkout/7/"}}
    assert (read(whole).identity, read(whole).vendor_id) == (("ci", "checkout"), "build:job/checkout/7/:7:FAILURE")
    assert read({"name": "checkout", "build": told}).vendor_id == "build:checkout:7:FAILURE"


def test_without_address_the_global_plugins_job_is_split_at_its_folders():
    assert finished("FAILURE", url=None, eventId="e-1").identity == ("ci", "shop", "checkout")
    assert finished("FAILURE", url=None, eventId="e-1").vendor_id == "build:e-1:FAILURE"


@pytest.mark.parametrize("told", [[], {}, {"build": []}])
def test_what_is_no_notification_is_malformed(told):
    with pytest.raises(Malformed, match="not a Jenkins notification"):
        read(told)
