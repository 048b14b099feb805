"""GitHub: what is CI, what is a change, and what is neither."""

import json
from urllib.parse import quote_plus

import pytest

from argus_streams.core.changes import MAX_FILES
from argus_streams.core.events import Event, Ignored, Signal
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.github import SOURCE

REPOSITORY = {"full_name": "example/shop", "default_branch": "main"}
SHA = "7c1e0a9d4b52f36880e1d7a5c94b20f3be6d8172"


def read(event, told, **more):
    body = json.dumps({"repository": REPOSITORY, "sender": {}, **told, **more}).encode()
    (item,) = SOURCE.read(Body(body, {"x-github-event": event} if event else {}, 0))
    return item


def run(conclusion, **more):
    told = {"id": 1, "name": "CI", "head_branch": "main", "conclusion": conclusion, "run_attempt": 1, **more}
    return {"action": "completed", "workflow_run": told}


def push(**more):
    return read("push", {"ref": "refs/heads/main", "before": "a" * 40, "after": SHA, "commits": [], **more})


def deployed(state="success", deployment=None, **more):
    about = {"id": 7, "sha": SHA, "ref": "main", "environment": "production", **(deployment or {})}
    return read("deployment_status", {"deployment_status": {"id": 9, "state": state, **more}, "deployment": about})


def request(action, **more):
    told = {"number": 3, "head": {"ref": "fix", "sha": SHA}, "title": "Fix", **more}
    return read("pull_request", {"action": action, "pull_request": told})


def test_a_green_run_closes_what_the_red_one_opened():
    red, green = read("workflow_run", run("failure")), read("workflow_run", run("success", run_attempt=2))
    assert (red.status, green.status) == ("firing", "resolved")
    assert red.identity == green.identity == ("ci", "example/shop", "CI")
    assert red.vendor_id != green.vendor_id


def test_a_branch_that_is_not_the_default_one_neither_breaks_nor_mends_it():
    main, branch = read("workflow_run", run("failure")), read("workflow_run", run("success", head_branch="fix"))
    assert main.identity != branch.identity
    assert read("workflow_run", run("failure", head_branch="other")).identity == branch.identity


def test_a_run_without_branch_counts_for_the_default_one():
    item = read("workflow_run", run("failure", head_branch=None, head_commit=None, actor=None))
    assert item.identity == ("ci", "example/shop", "CI")
    assert item.title == "CI: CI failed"


def test_a_run_without_name_takes_the_workflows():
    assert read("workflow_run", run("failure", name=None), workflow={"name": "Nightly"}).identity[-1] == "Nightly"
    assert read("workflow_run", run("failure", name=None)).identity[-1] == "workflow"


@pytest.mark.parametrize("conclusion", ["cancelled", "skipped", "neutral", "stale", "action_required", None, {}])
def test_a_run_that_neither_failed_nor_succeeded_is_ignored(conclusion):
    assert read("workflow_run", run(conclusion)) == Ignored("a run that neither failed nor succeeded")


@pytest.mark.parametrize(
    ("conclusion", "words"),
    [("failure", "failed"), ("timed_out", "timed out"), ("startup_failure", "failed to start")],
)
def test_the_title_says_how_a_run_ended(conclusion, words):
    item = read("workflow_run", run(conclusion))
    assert (item.type, item.title) == (conclusion, f"CI: CI {words} on main")


def test_a_run_under_way_is_ignored():
    told = {"action": "in_progress", "workflow_job": {"status": "in_progress"}}
    assert read("workflow_job", told) == Ignored("a run that is not finished")


def test_a_job_names_the_steps_that_failed():
    steps = [{"name": "Build", "conclusion": "success"}, {"name": "Test", "conclusion": "failure"}, {"conclusion": []}]
    job = {"id": 5, "workflow_name": "CI", "name": "unit", "conclusion": "failure", "steps": steps}
    item = read("workflow_job", {"action": "completed", "workflow_job": job})
    assert item.message == "CI / unit failed at: Test"
    assert item.identity == ("ci", "example/shop", "CI", "unit")


def test_a_check_that_is_run_again_under_its_id_is_another_occurrence():
    def check(completed_at):
        output = {"title": "2 errors", "summary": "in cart.py"}
        told = {"id": 4, "name": "lint", "conclusion": "failure", "completed_at": completed_at, "output": output}
        return read("check_run", {"action": "completed", "check_run": {**told, "check_suite": {"head_branch": "main"}}})

    first, second = check("2026-11-20T08:00:00Z"), check("2026-11-20T09:00:00Z")
    assert first.vendor_id != second.vendor_id
    assert (first.message, first.branch) == ("2 errors\nin cart.py", "main")


@pytest.mark.parametrize(
    ("state", "status"), [("failure", "firing"), ("error", "firing"), ("success", "resolved"), ("pending", None)]
)
def test_a_commit_status_is_ci_too(state, status):
    told = {"id": 1, "sha": SHA, "state": state, "context": "ci/old", "branches": [{"name": "fix"}, {"name": "main"}]}
    item = read("status", told)
    assert getattr(item, "status", None) == status
    if status:
        assert (item.branch, item.identity) == ("main", ("ci", "example/shop", "ci/old"))


def test_a_commit_status_on_no_branch_has_none():
    assert read("status", {"sha": SHA, "state": "failure", "context": "ci"}).branch is None


def test_a_push_tells_each_file_once_and_at_most_a_thousand():
    commits = [{"added": ["a.py"], "modified": ["b.py", "a.py"], "removed": [None, 3]}, None, {"modified": "c.py"}]
    assert push(commits=commits).files == ("a.py", "b.py")
    assert len(push(commits=[{"added": [f"{n}.py" for n in range(3_000)]}]).files) == MAX_FILES


def test_a_push_without_head_commit_has_a_title_all_the_same():
    item = push(head_commit=None, pusher={"name": "mira"})
    assert (item.title, item.author, item.files) == ("push to main", "mira", ())
    assert item.subject == f"example/shop@{SHA}"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"ref": "refs/tags/v1"}, "a push of a tag, not of a branch"),
        ({"after": "0" * 40}, "a ref that was deleted"),
        ({"deleted": True}, "a ref that was deleted"),
        ({"ref": None}, "a push of a tag, not of a branch"),
    ],
)
def test_a_push_that_brings_no_code_to_a_branch_is_ignored(more, reason):
    assert push(**more) == Ignored(reason)


@pytest.mark.parametrize("state", ["success", "failure", "error"])
def test_the_outcome_of_a_rollout_is_a_signal(state):
    item = deployed(state)
    assert isinstance(item, Signal)
    assert (item.kind, item.subject, item.status) == ("deploy", "shop/production", state)


@pytest.mark.parametrize("state", ["queued", "pending", "in_progress", "waiting", "inactive", None])
def test_a_rollout_on_its_way_is_ignored(state):
    assert deployed(state) == Ignored("a deployment status that is no outcome")


def test_the_start_of_a_rollout_is_a_signal_of_its_own():
    told = {"action": "created", "deployment": {"id": 7, "sha": SHA, "ref": SHA, "environment": "staging"}}
    item = read("deployment", told)
    assert (item.subject, item.status, item.branch) == ("shop/staging", "created", None)
    assert item.vendor_id != deployed().vendor_id


@pytest.mark.parametrize(
    ("ref", "branch", "release"),
    [
        ("main", "main", None),
        ("refs/heads/fix", "fix", None),
        ("v2.14.0", None, "v2.14.0"),
        ("refs/tags/spring", None, "spring"),
        (SHA, None, None),
        (None, None, None),
    ],
)
def test_what_was_deployed_is_a_branch_a_tag_or_a_commit(ref, branch, release):
    item = deployed(deployment={"ref": ref})
    assert (item.branch, item.release) == (branch, release)


def test_a_deployment_may_name_its_service_and_version():
    item = deployed(deployment={"payload": {"service": "cart", "version": "2.1"}})
    assert (item.service, item.subject, item.release) == ("cart", "cart/production", "2.1")


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize", "closed"])
def test_a_pull_request_whose_code_changes_is_a_signal(action):
    item = request(action)
    assert (item.kind, item.subject, item.status, item.commit) == ("pull_request", "example/shop#3", action, SHA)


def test_a_merged_pull_request_tells_the_commit_that_merged_it():
    item = request("closed", merged=True, merge_commit_sha="b" * 40)
    assert (item.status, item.commit) == ("merged", "b" * 40)


def test_a_labelled_pull_request_is_ignored():
    assert request("labeled") == Ignored("a pull request whose code did not change")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("star", "star is not about production health"),
        ("check_suite", "check_suite is not about production health"),
        ("merge_group", "merge_group is not about production health"),
        ("repository_advisory", "security findings are not read yet"),
        ("dependabot_alert", "security findings are not read yet"),
        ("surprise-1f3a", "an event that we do not know"),
    ],
)
def test_other_events_are_ignored_for_a_reason_out_of_few(event, reason):
    assert read(event, {}) == Ignored(reason)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (run("failure"), Event),
        ({"ref": "refs/heads/main", "before": "a" * 40, "after": SHA}, Signal),
        ({"action": "started"}, Ignored),
        ({"deployment": {"id": 7}, "action": "created"}, Signal),
        ({"alert": {}, "action": "created"}, Ignored),
    ],
)
def test_without_header_the_shape_tells_the_event(told, kind):
    assert isinstance(read(None, told), kind)


def test_the_delivery_is_kept():
    body = json.dumps({**run("failure"), "repository": REPOSITORY}).encode()
    headers = {"x-github-event": "workflow_run", "x-github-delivery": "d-1"}
    assert SOURCE.read(Body(body, headers, 0))[0].delivery_id == "d-1"


def test_a_webhook_sent_as_a_form_reads_like_json():
    body = b"payload=" + quote_plus(json.dumps({**run("failure"), "repository": REPOSITORY})).encode()
    (item,) = SOURCE.read(Body(body, {"x-github-event": "workflow_run"}, 0))
    assert item == read("workflow_run", run("failure"))


@pytest.mark.parametrize(
    ("body", "event", "reason"),
    [
        (b"[]", "push", "not an object"),
        (b"{}", "", "not a GitHub webhook"),
        (b'{"ref": "refs/heads/main"}', "push", "no repository"),
        (b"payload=%7B", "push", "truncated"),
    ],
)
def test_what_is_no_webhook_is_malformed(body, event, reason):
    with pytest.raises(Malformed) as malformed:
        SOURCE.read(Body(body, {"x-github-event": event}, 0))
    assert malformed.value.reason == reason


def test_the_main_branch_of_a_fork_neither_breaks_nor_mends_ours():
    ours = read("workflow_run", run("failure", head_repository={"full_name": "example/shop"}))
    fork = read("workflow_run", run("success", head_repository={"full_name": "mira/shop"}))
    assert (ours.branch, fork.branch) == ("main", "mira:main")
    assert ours.identity != fork.identity
