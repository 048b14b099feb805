"""What changes the code or brings it out, whichever vendor tells it: pushes, pull requests and deployments."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Literal, NamedTuple

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item, Signal

MAX_FILES = 1_000  # of a push; a signal is no archive
_RELEASE = re.compile(r"v?\d+\.\d")
Outcome = Literal["succeeded", "failed"]
# Vendors' words for how a deploy or a run ended; all others are steps on the way, or nobody's fault.
_OUTCOMES: dict[str, Outcome] = {
    **dict.fromkeys(("success", "succeeded", "successful", "passed", "ready", "deployed", "finished"), "succeeded"),
    **dict.fromkeys(("failure", "failed", "error", "errored", "timed_out", "timedout"), "failed"),
}


class Push(NamedTuple):
    """Commits that reached a ref."""

    repository: str
    ref: str  # "refs/heads/main"
    before: str | None
    after: str | None  # the commit the ref is at now; nothing, or zeros, where the ref was deleted
    message: str | None = None  # of the last commit
    files: tuple[str, ...] = ()
    author: str | None = None
    link: str | None = None
    pushed: object = None  # a time in any spelling
    delivery: str | None = None


class PullRequest(NamedTuple):
    """A turn of a pull or merge request."""

    repository: str
    number: str
    status: str  # opened, reopened, synchronize (its code changed), merged or closed, whatever the vendor calls them
    vendor_id: str | None
    title: str | None = None
    branch: str | None = None  # where its code comes from
    commit: str | None = None
    author: str | None = None
    link: str | None = None
    updated: object = None  # a time in any spelling
    delivery: str | None = None


class Deploy(NamedTuple):
    """A step of a rollout."""

    name: str  # of what is rolled out
    environment: str
    status: str  # in the vendor's word
    vendor_id: str | None
    service: str | None = None  # where the vendor names one
    release: str | None = None
    repository: str | None = None
    ref: str = ""  # branch, tag or commit that is rolled out
    commit: str | None = None
    author: str | None = None
    link: str | None = None
    happened: object = None  # a time in any spelling
    delivery: str | None = None


def push(told: Push) -> Item:
    """Commits that reached a branch, with the files they touch."""
    if not (told.after or "").strip("0"):
        return Ignored("a ref that was deleted")
    if not told.ref.startswith("refs/heads/"):
        return Ignored("a push of a tag, not of a branch")
    branch, lines = told.ref.removeprefix("refs/heads/"), (told.message or "").splitlines()
    return Signal(
        kind="push",
        subject=f"{told.repository}@{told.after}",
        title=lines[0] if lines else f"push to {branch}",
        repository=told.repository,
        branch=branch,
        commit=told.after,
        files=told.files,
        author=told.author,
        link=told.link,
        occurred_at=fields.instant(told.pushed),
        vendor_id=fields.composed("push", told.repository, told.ref, told.before or "", told.after),
        delivery_id=told.delivery,
    )


def files(commits: Iterable[object]) -> tuple[str, ...]:
    """The paths that commits with lists of `added`, `modified` and `removed` touch, each once, in order."""
    touched = (
        path
        for commit in map(fields.mapping, commits)
        for change in ("added", "modified", "removed")
        for path in fields.listing(commit.get(change))
        if isinstance(path, str) and path
    )
    return tuple(islice(dict.fromkeys(touched), MAX_FILES))


def pull_request(told: PullRequest) -> Signal:
    """A pull request whose code is new, changed, merged or given up."""
    return Signal(
        kind="pull_request",
        subject=f"{told.repository}#{told.number}",
        title=told.title or f"pull request {told.number}",
        status=told.status,
        repository=told.repository,
        branch=told.branch,
        commit=fields.commit(told.commit),
        author=told.author,
        link=told.link,
        occurred_at=fields.instant(told.updated),
        vendor_id=told.vendor_id,
        delivery_id=told.delivery,
    )


def deploy(told: Deploy) -> Signal:
    """A rollout that begins, or how it ended."""
    branch, release = branch_or_release(told.ref, told.commit)
    what = release or (told.commit or "")[:7] or branch or told.name
    return Signal(
        kind="deploy",
        subject=f"{told.name}/{told.environment}",
        title=f"deploy of {what} to {told.environment}: {told.status}",
        status=told.status,
        service=told.service,
        environment=told.environment,
        release=told.release or release,
        repository=told.repository,
        branch=branch,
        commit=fields.commit(told.commit),
        author=told.author,
        link=told.link,
        occurred_at=fields.instant(told.happened),
        vendor_id=told.vendor_id,
        delivery_id=told.delivery,
    )


def outcome(status: str | None) -> Outcome | None:
    """How a deploy or a CI run ended, from the vendor's word; ``None`` = it has not, or was called off."""
    return _OUTCOMES.get((status or "").lower())


def repository(url: str | None) -> str | None:
    """The "owner/name" of a clone's or a page's address: `https://host/owner/name`, `git@host:owner/name.git`."""
    _, scheme, rest = (url or "").partition("://")
    _, _, path = rest.partition("/") if scheme else (url or "").partition(":")
    path = path.partition("?")[0].partition("#")[0].strip("/").removesuffix(".git").removeprefix("scm/")
    return path if "/" in path else None


def branch_or_release(ref: str, commit: str | None) -> tuple[str | None, str | None]:
    """A deployed ref is a branch, a tag or the commit itself, and does not say which."""
    if ref == commit or not ref:
        return None, None
    if ref.startswith("refs/tags/") or _RELEASE.match(ref):
        return None, ref.removeprefix("refs/tags/")
    return ref.removeprefix("refs/heads/"), None
