"""What changes the code or brings it out: pushes, pull requests and deployments."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item, Signal
from argus_streams.sources.github.hook import Hook

MAX_FILES = 1_000  # of a push; a signal is no archive

_DEPLOYED = frozenset({"success", "failure", "error"})  # others are on the way there, or replaced later


def push(hook: Hook) -> Item:
    """Commits that reached a branch, with the files they touch."""
    ref, after = fields.text(hook.told.get("ref")) or "", fields.text(hook.told.get("after")) or ""
    if hook.told.get("deleted") is True or not after.strip("0"):
        return Ignored("a ref that was deleted")
    if not ref.startswith("refs/heads/"):
        return Ignored("a push of a tag, not of a branch")
    head = fields.mapping(hook.told.get("head_commit"))
    lines = (fields.text(head.get("message")) or "").splitlines()
    pusher = fields.mapping(hook.told.get("pusher"))
    pushed_at = fields.instant(fields.mapping(hook.told.get("repository")).get("pushed_at"))
    return Signal(
        kind="push",
        subject=f"{hook.repository}@{after}",
        title=lines[0] if lines else f"push to {ref.removeprefix('refs/heads/')}",
        repository=hook.repository,
        branch=ref.removeprefix("refs/heads/"),
        commit=after,
        files=_files(fields.listing(hook.told.get("commits")) or (head,)),
        author=fields.text(fields.mapping(head.get("author")).get("username")) or fields.text(pusher.get("name")),
        link=fields.text(hook.told.get("compare")),
        occurred_at=pushed_at or fields.instant(head.get("timestamp")),
        vendor_id=f"push:{hook.repository}:{ref}:{fields.text(hook.told.get('before'))}:{after}",
        delivery_id=hook.delivery,
    )


def _files(commits: Sequence[Any]) -> tuple[str, ...]:
    """The paths that the commits touch, each once, in order."""
    touched = (
        path
        for commit in map(fields.mapping, commits)
        for change in ("added", "modified", "removed")
        for path in fields.listing(commit.get(change))
        if isinstance(path, str) and path
    )
    return tuple(islice(dict.fromkeys(touched), MAX_FILES))


def pull_request(hook: Hook) -> Item:
    """A pull request whose code is new, changed, merged or given up."""
    action = fields.text(hook.told.get("action"))
    if action not in {"opened", "reopened", "synchronize", "closed"}:
        return Ignored("a pull request whose code did not change")
    request = fields.mapping(hook.told.get("pull_request"))
    head = fields.mapping(request.get("head"))
    merged = action == "closed" and request.get("merged") is True
    status = "merged" if merged else action
    number = fields.text(request.get("number")) or fields.text(hook.told.get("number")) or "?"
    updated = fields.text(request.get("updated_at"))
    return Signal(
        kind="pull_request",
        subject=f"{hook.repository}#{number}",
        title=fields.text(request.get("title")) or f"pull request {number}",
        status=status,
        repository=hook.repository,
        branch=fields.text(head.get("ref")),
        commit=(fields.text(request.get("merge_commit_sha")) if merged else None) or fields.text(head.get("sha")),
        author=fields.text(fields.mapping(request.get("user")).get("login")),
        link=fields.text(request.get("html_url")),
        occurred_at=fields.instant(updated),
        vendor_id=f"pull_request:{hook.repository}:{number}:{status}:{fields.text(head.get('sha'))}:{updated}",
        delivery_id=hook.delivery,
    )


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


def _deploy(hook: Hook, state: str, point: Mapping[str, Any]) -> Signal:
    deployment = fields.mapping(hook.told.get("deployment"))
    extra = fields.mapping(deployment.get("payload"))
    service = fields.text(extra.get("service"))
    environment = fields.text(point.get("environment")) or fields.text(deployment.get("environment")) or "production"
    what, commit = service or hook.repository.rpartition("/")[2], fields.text(deployment.get("sha"))
    branch, release = _branch_or_release(fields.text(deployment.get("ref")) or "", commit)
    return Signal(
        kind="deploy",
        subject=f"{what}/{environment}",
        title=f"deploy of {release or (commit or '')[:7] or branch} to {environment}: {state}",
        status=state,
        service=service,
        environment=environment,
        release=fields.text(extra.get("version")) or release,
        repository=hook.repository,
        branch=branch,
        commit=commit,
        author=fields.text(fields.mapping(point.get("creator")).get("login")),
        link=fields.text(point.get("log_url")) or fields.text(point.get("target_url")),
        occurred_at=fields.instant(point.get("created_at")),
        vendor_id=f"deployment:{fields.text(deployment.get('id'))}:{fields.text(point.get('id'))}:{state}",
        delivery_id=hook.delivery,
    )


def _branch_or_release(ref: str, commit: str | None) -> tuple[str | None, str | None]:
    """A deployed ref is a branch, a tag or the commit itself, and does not say which."""
    if ref == commit or not ref:
        return None, None
    if ref.startswith("refs/tags/") or re.match(r"v?\d+\.\d", ref):
        return None, ref.removeprefix("refs/tags/")
    return ref.removeprefix("refs/heads/"), None
