"""What changes the code or brings it out: pushes, pull requests and deployments."""

from collections.abc import Mapping
from typing import Any

from argus_streams.core import changes, fields
from argus_streams.core.events import Ignored, Item
from argus_streams.sources.github.hook import Hook

_DEPLOYED = frozenset({"success", "failure", "error"})  # others are on the way there, or replaced later


def push(hook: Hook) -> Item:
    """Commits that reached a branch, with the files they touch."""
    head = fields.mapping(hook.told.get("head_commit"))
    pusher = fields.mapping(hook.told.get("pusher"))
    pushed_at = fields.mapping(hook.told.get("repository")).get("pushed_at")
    told = changes.Push(
        repository=hook.repository,
        ref=fields.text(hook.told.get("ref")) or "",
        before=fields.text(hook.told.get("before")),
        after=None if hook.told.get("deleted") is True else fields.text(hook.told.get("after")),
        message=fields.text(head.get("message")),
        files=changes.files(fields.listing(hook.told.get("commits")) or (head,)),
        author=fields.text(fields.mapping(head.get("author")).get("username")) or fields.text(pusher.get("name")),
        link=fields.text(hook.told.get("compare")),
        pushed=fields.instant(pushed_at) or head.get("timestamp"),
        delivery=hook.delivery,
    )
    return changes.push(told)


def pull_request(hook: Hook) -> Item:
    """A pull request whose code is new, changed, merged or given up."""
    action = fields.text(hook.told.get("action"))
    if action not in {"opened", "reopened", "synchronize", "closed"}:
        return Ignored("a pull request whose code did not change")
    request = fields.mapping(hook.told.get("pull_request"))
    head = fields.mapping(request.get("head"))
    sha = fields.text(head.get("sha"))
    merged = action == "closed" and request.get("merged") is True
    status = "merged" if merged else action
    number = fields.text(request.get("number")) or fields.text(hook.told.get("number")) or "?"
    updated = fields.text(request.get("updated_at"))
    told = changes.PullRequest(
        repository=hook.repository,
        number=number,
        status=status,
        vendor_id=fields.composed("pull_request", hook.repository, number, status, sha or "", updated),
        title=fields.text(request.get("title")),
        branch=fields.text(head.get("ref")),
        commit=(fields.text(request.get("merge_commit_sha")) if merged else None) or sha,
        author=fields.text(fields.mapping(request.get("user")).get("login")),
        link=fields.text(request.get("html_url")),
        updated=updated,
        delivery=hook.delivery,
    )
    return changes.pull_request(told)


def deployment_status(hook: Hook) -> Item:
    """How a rollout ended."""
    status = fields.mapping(hook.told.get("deployment_status"))
    state = fields.text(status.get("state"))
    if state not in _DEPLOYED:
        return Ignored("a deployment status that is no outcome")
    return _deploy(hook, state, status)


def deployment(hook: Hook) -> Item:
    """The start of a rollout, during which the first errors come; its statuses tell the end."""
    action = fields.text(hook.told.get("action")) or "created"
    return _deploy(hook, action, fields.mapping(hook.told.get("deployment")))


def _deploy(hook: Hook, state: str, point: Mapping[str, Any]) -> Item:
    deployment = fields.mapping(hook.told.get("deployment"))
    numbers = fields.text(deployment.get("id")), fields.text(point.get("id"))
    extra = fields.mapping(deployment.get("payload"))
    service = fields.text(extra.get("service"))
    told = changes.Deploy(
        name=service or hook.repository.rpartition("/")[2],
        environment=fields.text(point.get("environment")) or fields.text(deployment.get("environment")) or "production",
        status=state,
        vendor_id=fields.composed("deployment", *numbers, state),
        service=service,
        release=fields.text(extra.get("version")),
        repository=hook.repository,
        ref=fields.text(deployment.get("ref")) or "",
        commit=fields.text(deployment.get("sha")),
        author=fields.text(fields.mapping(point.get("creator")).get("login")),
        link=fields.text(point.get("log_url")) or fields.text(point.get("target_url")),
        happened=point.get("created_at"),
        delivery=hook.delivery,
    )
    return changes.deploy(told)
