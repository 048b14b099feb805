"""GitLab: what is CI, what is a change, and what is neither."""

import json

import pytest

from argus_streams.core.events import Ignored, Signal
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.gitlab import SOURCE

SHA = "7c1e0a9d4b52f36880e1d7a5c94b20f3be6d8172"
PROJECT = {
    "path_with_namespace": "shop/checkout",
    "default_branch": "main",
    "web_url": "https://gitlab.example.com/shop/checkout",
}
REPOSITORY = {"homepage": "https://gitlab.example.com/shop/checkout"}


def read(told, headers=None):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), headers or {}, 0))
    return item


def job(status, **more):
    told = {
        "object_kind": "build",
        "build_id": 7,
        "build_name": "unit",
        "build_status": status,
        "ref": "main",
        "sha": SHA,
    }
    return {**told, "project": PROJECT, "repository": REPOSITORY, **more}


def pipeline(status, builds=(), **more):
    told = {"id": 3, "status": status, "ref": "main", "sha": SHA, "finished_at": "2026-11-20 08:00:00 UTC", **more}
    return {"object_kind": "pipeline", "object_attributes": told, "project": PROJECT, "builds": list(builds)}


def request(action, **more):
    told = {"iid": 5, "action": action, "source_branch": "fix", "last_commit": {"id": SHA}, "title": "Fix", **more}
    return {"object_kind": "merge_request", "object_attributes": told, "project": PROJECT, "user": {"username": "mira"}}


def deployment(status, **more):
    told = {
        "object_kind": "deployment",
        "status": status,
        "deployment_id": 9,
        "environment": "production",
        "ref": "main",
    }
    return {**told, "project": PROJECT, "short_sha": SHA[:8], **more}


def test_a_retried_job_that_succeeds_closes_the_failure():
    red, green = read(job("failed")), read(job("success", build_id=8))
    assert (red.status, green.status) == ("firing", "resolved")
    assert red.identity == green.identity == ("ci", "shop/checkout", "pipeline", "unit")
    assert red.vendor_id != green.vendor_id


def test_a_pipeline_that_is_retried_under_its_id_fails_anew():
    first, second = read(pipeline("failed")), read(pipeline("failed", finished_at="2026-11-20 09:00:00 UTC"))
    assert first.vendor_id != second.vendor_id
    assert first == read(pipeline("failed"))


def test_a_pipeline_names_the_jobs_that_failed_it():
    builds = [{"name": "unit", "status": "failed"}, {"name": "lint", "status": "failed", "allow_failure": True}, None]
    assert read(pipeline("failed", builds)).message == "pipeline failed at: unit"
    assert read(pipeline("failed")).message == "pipeline failed on main"


@pytest.mark.parametrize(
    ("source", "kind"), [("push", "pipeline"), ("schedule", "scheduled pipeline"), ([], "pipeline")]
)
def test_a_scheduled_pipeline_does_not_mend_what_a_push_broke(source, kind):
    assert read(pipeline("failed", source=source)).identity == ("ci", "shop/checkout", kind)
    assert read(job("failed", source=source)).identity[2] == kind


@pytest.mark.parametrize("more", [{"ref": "fix"}, {"ref": "v2.1", "tag": True}, {"ref": "refs/merge-requests/5/head"}])
def test_a_branch_a_tag_or_a_merge_request_neither_breaks_nor_mends_the_default_branch(more):
    assert read(job("failed", **more)).identity[-1] == "off the default branch"


def test_a_tag_is_a_release_and_no_branch():
    item = read(job("failed", ref="v2.1", tag=True))
    assert (item.branch, item.release) == (None, "v2.1")


@pytest.mark.parametrize(("ref", "end"), [("main", "unit"), ("master", "unit"), ("fix", "off the default branch")])
def test_where_the_default_branch_is_not_told_it_has_a_usual_name(ref, end):
    assert read(job("failed", project=None, ref=ref)).identity[-1] == end


def test_an_old_job_hook_names_its_repository_by_its_page():
    assert read(job("failed", project=None)).repository == "shop/checkout"


def test_a_job_tells_why_it_failed():
    assert read(job("failed", build_failure_reason="runner_system_failure")).message == (
        "pipeline / unit failed: runner system failure"
    )


@pytest.mark.parametrize("status", ["created", "pending", "running", "manual", None, {}])
def test_a_job_under_way_is_ignored(status):
    assert read(job(status)) == Ignored("a run that is not finished")


@pytest.mark.parametrize("status", ["canceled", "skipped"])
def test_a_job_that_did_not_run_to_its_end_is_ignored(status):
    assert read(job(status)) == Ignored("a run that neither failed nor succeeded")


def test_a_job_that_is_allowed_to_fail_is_ignored_when_it_does():
    assert read(job("failed", build_allow_failure=True)) == Ignored("a job that is allowed to fail")
    assert read(job("success", build_allow_failure=True)).status == "resolved"


@pytest.mark.parametrize(
    ("action", "more", "status"),
    [
        ("open", {}, "opened"),
        ("reopen", {}, "reopened"),
        ("update", {"oldrev": "a" * 40}, "synchronize"),
        ("merge", {"merge_commit_sha": "b" * 40}, "merged"),
        ("close", {}, "closed"),
    ],
)
def test_a_merge_request_whose_code_changes_is_a_signal(action, more, status):
    item = read(request(action, **more))
    assert isinstance(item, Signal)
    assert (item.subject, item.status, item.author) == ("shop/checkout#5", status, "mira")
    assert item.commit == more.get("merge_commit_sha", SHA)


@pytest.mark.parametrize("action", ["update", "approved", "unapproved", None, []])
def test_a_merge_request_whose_code_stays_is_ignored(action):
    assert read(request(action)) == Ignored("a merge request whose code did not change")


@pytest.mark.parametrize("status", ["running", "success", "failed", "canceled"])
def test_the_steps_of_a_rollout_are_signals_of_their_own(status):
    item = read(deployment(status))
    assert (item.kind, item.subject, item.status) == ("deploy", "checkout/production", status)
    assert item.vendor_id == f"deployment:9:{status}"


@pytest.mark.parametrize("status", ["created", "blocked", None])
def test_a_rollout_that_has_not_begun_is_ignored(status):
    assert read(deployment(status)) == Ignored("a deployment status that is no outcome")


def test_a_deployment_tells_the_whole_commit_by_its_page_and_no_short_one():
    page = f"https://gitlab.example.com/shop/checkout/-/commit/{SHA}"
    assert read(deployment("success", commit_url=page)).commit == SHA
    assert read(deployment("success")).commit is None
    assert SHA[:7] in read(deployment("success")).title


@pytest.mark.parametrize(
    ("told", "headers", "reason"),
    [
        ({"object_kind": "note"}, {}, "note is not about production health"),
        ({"event_name": "user_add_to_group"}, {}, "member is not about production health"),
        ({"event_name": "project_create"}, {}, "project is not about production health"),
        ({}, {"x-gitlab-event": "Wiki Page Hook"}, "wiki_page is not about production health"),
        ({"object_kind": "surprise-1f3a"}, {}, "an event that we do not know"),
        ({"test_suites": []}, {}, "a test report of the API, which no webhook sends"),
    ],
)
def test_other_events_are_ignored_for_a_reason_out_of_few(told, headers, reason):
    assert read(told, headers) == Ignored(reason)


def test_where_the_kind_is_lost_the_header_tells_it():
    told = {key: value for key, value in job("failed").items() if key != "object_kind"}
    assert read(told, {"x-gitlab-event": "Job Hook"}) == read(job("failed"))


@pytest.mark.parametrize(
    ("headers", "delivery"),
    [
        ({"webhook-id": "a", "idempotency-key": "b", "x-gitlab-event-uuid": "c"}, "a"),
        ({"idempotency-key": "b", "x-gitlab-event-uuid": "c"}, "b"),
        ({"x-gitlab-event-uuid": "c"}, "c"),
        ({}, None),
    ],
)
def test_the_delivery_is_the_id_that_stays_when_it_is_sent_again(headers, delivery):
    assert read(job("failed"), headers).delivery_id == delivery


@pytest.mark.parametrize(
    ("told", "reason"),
    [([], "not a GitLab webhook"), ({}, "not a GitLab webhook"), ({"object_kind": "push"}, "no project")],
)
def test_what_is_no_webhook_is_malformed(told, reason):
    with pytest.raises(Malformed) as malformed:
        read(told)
    assert malformed.value.reason == reason


def test_the_main_branch_of_a_fork_neither_breaks_nor_mends_ours():
    ours, fork = pipeline("failed"), pipeline("success", source="merge_request_event")
    ours["merge_request"] = {"source_project_id": 1, "target_project_id": 1}
    fork["merge_request"] = {"source_project_id": 8, "target_project_id": 1}
    assert (read(ours).branch, read(fork).branch) == ("main", "8:main")
    assert read(ours).identity != read(fork).identity
