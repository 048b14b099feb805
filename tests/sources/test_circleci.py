"""CircleCI: workflows and jobs, whichever Git provider has the code."""

import json

import pytest

from argus_streams.core.events import Ignored
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources import github
from argus_streams.sources.circleci import SOURCE

SHA = "7c1e0a9d4b52f36880e1d7a5c94b20f3be6d8172"
VCS = {"target_repository_url": "https://github.com/example/checkout", "revision": SHA, "branch": "main"}


def read(told, headers=None):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), headers or {}, 0))
    return item


def workflow(status, pipeline=None, **more):
    told = {"id": "e-1", "type": "workflow-completed", "workflow": {"name": "CI", "status": status}, **more}
    return read({**told, "pipeline": {"vcs": VCS} if pipeline is None else pipeline})


def job(status, **more):
    told = {"id": "e-2", "type": "job-completed", "workflow": {"name": "CI"}, "job": {"name": "unit", "status": status}}
    return read({**told, "pipeline": {"vcs": VCS}, **more})


def test_a_green_workflow_closes_what_the_red_one_opened():
    red, green = workflow("failed"), workflow("success", id="e-3")
    assert (red.status, green.status) == ("firing", "resolved")
    assert red.identity == green.identity == ("ci", "example/checkout", "CI")
    assert red.vendor_id != green.vendor_id


def test_a_job_is_known_by_its_workflow_as_another_sender_knows_it():
    told = {"workflow_name": "CI", "name": "unit", "conclusion": "failure", "head_branch": "main"}
    repository = {"full_name": "example/checkout", "default_branch": "main"}
    body = json.dumps({"action": "completed", "workflow_job": told, "repository": repository}).encode()
    (other,) = github.SOURCE.read(Body(body, {"x-github-event": "workflow_job"}, 0))
    assert job("failed").identity == other.identity


@pytest.mark.parametrize("status", ["failed", "error"])
def test_a_workflow_with_an_error_in_its_configuration_has_failed_too(status):
    assert workflow(status).status == "firing"


@pytest.mark.parametrize("status", ["canceled", "unauthorized", "not_run", None, []])
def test_what_neither_failed_nor_succeeded_is_ignored(status):
    assert workflow(status) == Ignored("a run that neither failed nor succeeded")


def test_the_same_event_delivered_again_has_its_id():
    assert (
        workflow("failed").vendor_id == workflow("failed", happened_at="2026-11-20T08:00:00Z").vendor_id == "e-1:failed"
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"gitlab": {"web_url": "https://gitlab.com/shop/checkout", "branch": "fix", "commit_sha": SHA}},
        {"git": {"checkout_url": "git@gitlab.com:shop/checkout.git", "branch": "fix", "checkout_sha": SHA, "tag": ""}},
        {"github_app": {"repo_url": "https://github.com/shop/checkout", "branch": "fix", "commit_sha": SHA}},
    ],
)
def test_what_was_built_is_told_by_the_trigger_where_there_is_no_vcs(parameters):
    item = workflow("failed", {"trigger_parameters": parameters})
    assert (item.repository, item.branch, item.commit) == ("shop/checkout", "fix", SHA)
    assert item.identity[-1] == "off the default branch"


def test_the_default_branch_may_have_a_name_of_its_own():
    git = {"checkout_url": "git@github.com:shop/checkout.git", "branch": "trunk", "default_branch": "trunk"}
    assert workflow("failed", {"trigger_parameters": {"git": git}}).identity == ("ci", "shop/checkout", "CI")


def test_a_tag_is_a_release_and_no_branch():
    item = workflow("failed", {"vcs": {**VCS, "branch": None, "tag": "v2.1"}})
    assert (item.branch, item.release, item.identity[-1]) == (None, "v2.1", "off the default branch")


def test_without_an_address_the_organization_and_the_project_name_the_code():
    names = {"organization": {"name": "example"}, "project": {"name": "checkout"}}
    assert workflow("failed", {}, **names).repository == "example/checkout"
    assert workflow("failed", {}).identity == ("ci", "CI")


def test_the_header_tells_the_event_where_the_body_does_not():
    told = {"workflow": {"name": "CI", "status": "failed"}}
    assert read(told, {"circleci-event-type": "workflow-completed"}).identity == ("ci", "CI")


def test_other_events_are_ignored():
    assert read({"type": "ping"}) == Ignored("an event that we do not know")


def test_what_is_no_webhook_is_malformed():
    with pytest.raises(Malformed, match="not a CircleCI webhook"):
        read([])


def build(status, number=7, **more):
    told = {"vcs_url": "https://github.com/example/checkout", "vcs_revision": SHA, "branch": "main", "status": status}
    return read({"payload": {**told, "build_url": f"https://circleci.com/gh/example/checkout/{number}", **more}})


def test_of_a_notification_a_build_that_is_fixed_closes_the_one_that_failed():
    red, green = build("failed"), build("fixed", 8)
    assert (red.status, green.status) == ("firing", "resolved")
    assert red.identity == green.identity == ("ci", "example/checkout", "build")
    assert red.vendor_id == build("failed").vendor_id != green.vendor_id
    assert (red.commit, red.link) == (SHA, "https://circleci.com/gh/example/checkout/7")


def test_a_build_of_a_workflow_has_the_identity_of_its_job_today():
    names = {"workflow_name": "CI", "job_name": "unit"}
    assert build("timedout", workflows=names).identity == job("failed").identity


def test_a_notification_of_a_build_that_runs_is_no_end():
    assert build("running") == Ignored("a run that is not finished")
    assert build("no_tests") == Ignored("a run that neither failed nor succeeded")


def test_a_notification_without_an_address_names_owner_and_repository():
    assert build("failed", vcs_url=None, username="example", reponame="shop").repository == "example/shop"
