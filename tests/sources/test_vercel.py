"""Vercel: the steps of a deployment, of production and of previews."""

import json

import pytest

from argus_streams.core.events import Ignored
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.vercel import SOURCE

SHA = "7c1e0a9d4b52f36880e1d7a5c94b20f3be6d8172"


def read(told):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), {}, 0))
    return item


def step(name, at=1795165000000, meta=None, deployment=None, **more):
    about = {"id": "dpl_1", "name": "storefront", "meta": meta or {}, **(deployment or {})}
    payload = {"deployment": about, "project": {"id": "prj_1"}, "target": "production", **more}
    return read({"id": "d-1", "type": f"deployment.{name}", "createdAt": at, "payload": payload})


@pytest.mark.parametrize("name", ["created", "succeeded", "ready", "error", "canceled", "promoted", "rollback"])
def test_each_step_is_a_signal_of_its_own(name):
    item = step(name)
    assert (item.kind, item.subject, item.status) == ("deploy", "storefront/production", name)
    assert item.vendor_id.startswith(f"dpl_1:{name}")
    assert item.delivery_id == "d-1"


def test_a_deployment_succeeds_once_and_is_promoted_as_often_as_people_like():
    assert step("succeeded").vendor_id == step("succeeded", at=1795165009999).vendor_id
    assert step("promoted").vendor_id == step("promoted").vendor_id != step("promoted", at=1795165009999).vendor_id


@pytest.mark.parametrize(
    ("name", "more", "environment"),
    [
        ("succeeded", {"target": "staging"}, "staging"),
        ("succeeded", {"target": None}, "preview"),
        ("succeeded", {"target": None, "deployment": {"target": "production"}}, "production"),
        ("succeeded", {"target": None, "deployment": {"customEnvironmentId": "env_qa"}}, "env_qa"),
        ("promoted", {"target": None}, "production"),
    ],
)
def test_the_target_is_the_environment(name, more, environment):
    assert step(name, **more).environment == environment


@pytest.mark.parametrize(
    ("meta", "repository"),
    [
        (
            {"githubOrg": "example", "githubRepo": "shop", "githubCommitSha": SHA, "githubCommitRef": "main"},
            "example/shop",
        ),
        ({"gitlabProjectPath": "example/shop", "gitlabCommitSha": SHA, "gitlabCommitRef": "main"}, "example/shop"),
        (
            {"bitbucketRepoOwner": "example", "bitbucketRepoSlug": "shop", "bitbucketCommitSha": SHA}
            | {"bitbucketCommitRef": "main"},
            "example/shop",
        ),
        ({"gitCommitSha": SHA, "gitCommitRef": "main"}, None),
    ],
)
def test_the_code_is_told_in_the_git_providers_fields(meta, repository):
    item = step("succeeded", meta=meta)
    assert (item.repository, item.commit, item.branch) == (repository, SHA, "main")


def test_a_rollback_that_names_ids_alone_is_about_the_project():
    payload = {"project": {"id": "prj_1"}, "fromDeploymentId": "dpl_2", "toDeploymentId": "dpl_1"}
    item = read({"type": "deployment.rollback", "createdAt": 1795165000000, "payload": payload})
    assert (item.subject, item.service, item.vendor_id) == ("prj_1/production", None, "dpl_1:rollback:1795165000000")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("project.created", "an event that is no deployment"),
        ("deployment.check-rerequested", "a check or an action inside of a deployment"),
    ],
)
def test_other_events_are_ignored(event, reason):
    assert read({"type": event, "payload": {}}) == Ignored(reason)


@pytest.mark.parametrize("told", [[], {}, {"type": "deployment.created"}, {"payload": {}}])
def test_what_is_no_webhook_is_malformed(told):
    with pytest.raises(Malformed, match="not a Vercel webhook"):
        read(told)
