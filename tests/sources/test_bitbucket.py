"""Bitbucket: Cloud and Data Center tell the same things in two shapes."""

import json

import pytest

from argus_streams.core.events import Ignored
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.bitbucket import SOURCE

SHA, OLD = "7c1e0a9d4b52f36880e1d7a5c94b20f3be6d8172", "2a90c4d1e7f853b6604c9ab1d2e3f405162738a9"
CLOUD = {"full_name": "example/checkout"}
SERVER = {"slug": "checkout", "project": {"key": "SHOP"}}


def items(event, told, **headers):
    key = {"x-event-key": event} if event else {}
    return list(SOURCE.read(Body(json.dumps(told).encode(), {**key, **headers}, 0)))


def status(state, name="Pipeline #12 for main", **more):
    told = {"state": state, "name": name, "key": "k", "url": "https://ci.example.com/12", "refname": "main", **more}
    (item,) = items("repo:commit_status_updated", {"repository": CLOUD, "commit_status": told})
    return item


def request(event, **more):
    told = {"id": 5, "title": "Fix", "source": {"branch": {"name": "fix"}, "commit": {"hash": SHA[:12]}}, **more}
    (item,) = items(event, {"repository": CLOUD, "pullrequest": told})
    return item


def server_request(event, **more):
    told = {"id": 5, "fromRef": {"displayId": "fix", "latestCommit": SHA}, "toRef": {"repository": SERVER}, **more}
    (item,) = items(None, {"eventKey": event, "pullRequest": told})
    return item


def ref(name, sha, kind="branch"):
    return {"type": kind, "name": name, "target": {"hash": sha, "message": f"About {name}\n"}}


def test_the_next_pipeline_that_succeeds_closes_the_failure():
    red, green = status("FAILED"), status("SUCCESSFUL", "Pipeline #13 for main", url="https://ci.example.com/13")
    assert (red.status, green.status) == ("firing", "resolved")
    assert red.identity == green.identity == ("ci", "example/checkout", "Pipeline")


@pytest.mark.parametrize(
    ("name", "told"),
    [("shop » checkout #77", "shop » checkout"), ("SonarQube", "SonarQube"), ("#4", "k"), (None, "k"), ([], "k")],
)
def test_a_status_is_known_by_the_name_that_all_its_builds_have(name, told):
    assert status("FAILED", name).identity[-1] == told


def test_a_build_that_is_told_again_is_one_and_another_build_is_another():
    assert status("FAILED").vendor_id == status("FAILED", updated_on="2026-11-20T09:00:00Z").vendor_id
    assert status("FAILED").vendor_id != status("FAILED", url="https://ci.example.com/13").vendor_id


@pytest.mark.parametrize(
    ("branch", "end"), [("master", "Pipeline"), (None, "Pipeline"), ("fix", "off the default branch")]
)
def test_a_branch_does_not_close_what_broke_the_default_one(branch, end):
    assert (
        status("SUCCESSFUL", f"Pipeline #3 for {branch}" if branch else "Pipeline #3", refname=branch).identity[-1]
        == end
    )


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("INPROGRESS", "a run that is not finished"),
        ("STOPPED", "a run that neither failed nor succeeded"),
        ({}, "a run that neither failed nor succeeded"),
    ],
)
def test_a_build_without_outcome_is_ignored(state, reason):
    assert status(state) == Ignored(reason)


@pytest.mark.parametrize(
    "more", [{"commit": {"hash": SHA}}, {"links": {"commit": {"href": f"https://api.example.com/{SHA}"}}}]
)
def test_the_commit_of_a_status_is_told_or_linked(more):
    assert status("FAILED", **more).commit == SHA


def test_a_push_tells_each_of_its_refs_in_order():
    changes = [
        {"old": ref("old", OLD), "new": None},
        {"old": None, "new": ref("v2", SHA, "tag")},
        {"old": ref("main", OLD), "new": ref("main", SHA)},
        None,
    ]
    deleted, tag, push, nothing = items("repo:push", {"repository": CLOUD, "push": {"changes": changes}})
    assert (deleted, nothing) == (Ignored("a ref that was deleted"), Ignored("a ref that was deleted"))
    assert tag == Ignored("a push of a tag, not of a branch")
    assert (push.subject, push.branch, push.title) == (f"example/checkout@{SHA}", "main", "About main")


def test_data_center_tells_a_push_as_cloud_does():
    changes = [
        {"refId": "refs/heads/main", "fromHash": OLD, "toHash": SHA},
        {"refId": "refs/heads/old", "fromHash": OLD, "toHash": "0" * 40},
    ]
    told = {"eventKey": "repo:refs_changed", "repository": SERVER, "changes": changes, "actor": {"name": "mira"}}
    push, deleted = items(None, {**told, "toCommit": {"id": SHA, "message": "Fix\n\nIt broke."}})
    assert (push.subject, push.title, push.author) == (f"SHOP/checkout@{SHA}", "Fix", "mira")
    assert deleted == Ignored("a ref that was deleted")


@pytest.mark.parametrize(
    ("event", "read", "told"),
    [
        ("pullrequest:created", request, "opened"),
        ("pullrequest:updated", request, "synchronize"),
        ("pullrequest:fulfilled", request, "merged"),
        ("pullrequest:rejected", request, "closed"),
        ("pr:opened", server_request, "opened"),
        ("pr:from_ref_updated", server_request, "synchronize"),
        ("pr:merged", server_request, "merged"),
        ("pr:declined", server_request, "closed"),
    ],
)
def test_a_pull_request_says_the_same_wherever_it_is(event, read, told):
    item = read(event)
    assert (item.kind, item.status, item.branch) == ("pull_request", told, "fix")
    assert item.subject.endswith("checkout#5")


def test_an_update_that_leaves_the_code_alone_is_told_as_the_one_before_it():
    first, renamed = request("pullrequest:updated"), request("pullrequest:updated", title="Mend")
    pushed = request("pullrequest:updated", source={"commit": {"hash": OLD[:12]}})
    assert first.vendor_id == renamed.vendor_id != pushed.vendor_id


def test_a_short_hash_is_no_commit():
    assert request("pullrequest:created").commit is None
    assert server_request("pr:opened").commit == SHA
    assert server_request("pr:merged", properties={"mergeCommit": {"id": OLD}}).commit == OLD


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"pullrequest": {"state": "OPEN"}}, "synchronize"),
        ({"pullrequest": {"state": "MERGED"}}, "merged"),
        ({"pullrequest": {"state": "DECLINED"}}, "closed"),
        ({"pullrequest": {"state": "OPEN"}, "approval": {}}, None),
        ({"commit_status": {"state": "FAILED"}}, "firing"),
        ({"fork": {}}, None),
    ],
)
def test_without_header_the_shape_tells_the_event(told, kind):
    (item,) = items(None, {"repository": CLOUD, **told})
    assert getattr(item, "status", None) == kind


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("pullrequest:comment_created", "a pull request whose code did not change"),
        ("pr:reviewer:approved", "a pull request whose code did not change"),
        ("repo:fork", "a repository's affairs are not about production health"),
        ("diagnostics:ping", "a repository's affairs are not about production health"),
        ("surprise-1f3a", "an event that we do not know"),
    ],
)
def test_other_events_are_ignored_for_a_reason_out_of_few(event, reason):
    assert items(event, {}) == [Ignored(reason)]


@pytest.mark.parametrize("header", ["x-request-uuid", "x-request-id"])
def test_the_delivery_is_the_requests_not_the_webhooks(header):
    told = {"repository": CLOUD, "commit_status": {"state": "FAILED"}}
    (item,) = items("repo:commit_status_created", told, **{header: "r-1", "x-hook-uuid": "h-1"})
    assert item.delivery_id == "r-1"


@pytest.mark.parametrize(
    ("event", "reason"),
    [(None, "not a Bitbucket webhook"), ("repo:push", "no repository"), ("repo:refs_changed", "no repository")],
)
def test_what_is_no_webhook_is_malformed(event, reason):
    with pytest.raises(Malformed) as malformed:
        items(event, [])
    assert malformed.value.reason == reason
