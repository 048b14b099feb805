"""Netlify: what brings code out, and what leaves it as it was."""

import json

import pytest

from argus_streams.core.events import Ignored
from argus_streams.core.source import Body
from argus_streams.errors import Malformed
from argus_streams.sources.netlify import SOURCE

SHA = "7c1e0a9d4b52f36880e1d7a5c94b20f3be6d8172"


def read(told, event=None):
    (item,) = SOURCE.read(Body(json.dumps(told).encode(), {"x-netlify-event": event} if event else {}, 0))
    return item


def deploy(state, event=None, **more):
    told = {"id": "dep-1", "site_id": "s-1", "name": "help", "context": "production", "branch": "main", "state": state}
    return read({**told, **more}, event)


@pytest.mark.parametrize(
    ("event", "state"), [("deploy_building", "building"), ("deploy_created", "ready"), ("deploy_failed", "error")]
)
def test_each_step_is_a_signal_with_or_without_the_header(event, state):
    item = deploy(state, event)
    assert (item.kind, item.subject, item.status) == ("deploy", "help/production", state)
    assert item == deploy(state)


def test_restoring_a_deploy_brings_it_out_again():
    ready = deploy("ready", "deploy_created", published_at="2026-11-20T08:00:00Z")
    restored = deploy("ready", "deploy_restored", published_at="2026-11-20T09:00:00Z")
    again = deploy("ready", "deploy_restored", published_at="2026-11-20T10:00:00Z")
    assert restored.status == "restored"
    assert len({ready.vendor_id, restored.vendor_id, again.vendor_id}) == 3


@pytest.mark.parametrize("context", ["deploy-preview", "branch-deploy"])
def test_the_context_is_the_environment(context):
    assert deploy("ready", context=context).environment == context


@pytest.mark.parametrize(
    "page",
    [
        f"https://github.com/example/help/commit/{SHA}",
        f"https://gitlab.com/example/help/-/commit/{SHA}",
        f"https://bitbucket.org/example/help/commits/{SHA}",
    ],
)
def test_the_repository_is_the_one_of_the_commits_page(page):
    item = deploy("ready", commit_url=page, commit_ref=SHA)
    assert (item.repository, item.commit) == ("example/help", SHA)


@pytest.mark.parametrize("event", ["deploy_locked", "deploy_unlocked", "deploy_deleted", "submission_created"])
def test_an_event_that_leaves_the_code_as_it_was_is_ignored(event):
    assert deploy("ready", event) == Ignored("an event that brings no code out")


@pytest.mark.parametrize("state", ["new", "enqueued", "processing", "uploading", None, []])
def test_a_deploy_on_its_way_is_ignored(state):
    assert deploy(state) == Ignored("a deploy on its way")


def test_a_skipped_deploy_is_no_failure():
    assert deploy("error", "deploy_failed", skipped=True) == Ignored("a deploy that was skipped")


def test_what_a_form_sent_is_ignored_though_it_names_no_site():
    assert read({"form_id": "f-1", "data": {}}, "submission_created") == Ignored("an event that brings no code out")


@pytest.mark.parametrize("told", [[], {}, {"site_id": None}])
def test_what_is_no_notification_is_malformed(told):
    with pytest.raises(Malformed, match="not a Netlify notification"):
        read(told)
