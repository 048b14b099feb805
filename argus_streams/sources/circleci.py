"""CircleCI's outbound webhooks, and the notifications before them: workflows, jobs and builds that ended.

https://circleci.com/docs/reference/outbound-webhooks-reference/
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from argus_streams.core import changes, ci, fields
from argus_streams.core.events import Ignored, Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

_PROVIDERS = ("gitlab", "github_app", "bitbucket_dc")  # whose trigger parameters have an entry of their own
# Of the notifications that `notify: webhooks` made, in the words of today.
_OLDER = {"fixed": "success", "timedout": "timed_out", "infrastructure_fail": "failure"}
_ON_THEIR_WAY = frozenset({"queued", "scheduled", "not_running", "running"})


class _Checkout(NamedTuple):
    """What was built."""

    repository: str | None
    branch: str | None
    tag: str | None
    default_branch: str | None
    commit: str | None


def read(body: Body) -> Sequence[Item]:
    """The one end that a webhook tells; each has an id, by which it is known when it is delivered again."""
    told = fields.mapping(fields.decode(body.value))
    build = fields.mapping(told.get("payload"))
    if "build_url" in build:
        return (_build(build),)
    event = fields.text(told.get("type")) or body.headers.get("circleci-event-type")
    if event is None:
        raise Malformed("not a CircleCI webhook", "neither `type` nor the header circleci-event-type")
    if event not in {"workflow-completed", "job-completed"}:
        return (Ignored("an event that we do not know"),)
    workflow, job = fields.mapping(told.get("workflow")), fields.mapping(told.get("job"))
    ended, step = (job, (fields.text(job.get("name")) or "job",)) if event == "job-completed" else (workflow, ())
    checkout = _checkout(told)
    run = ci.Run(
        repository=checkout.repository,
        path=(fields.text(workflow.get("name")) or "workflow", *step),
        outcome=fields.text(ended.get("status")),
        vendor_id=fields.text(told.get("id")) or fields.composed(event, fields.text(ended.get("id"))),
        branch=checkout.branch,
        tag=checkout.tag,
        default_branch=checkout.default_branch,
        commit=checkout.commit,
        link=fields.text(workflow.get("url")),
        finished=ended.get("stopped_at") or told.get("happened_at"),
    )
    return (ci.result(run),)


def _build(told: Mapping[str, Any]) -> Item:
    """A build of a notification, which had no id but its page."""
    status = fields.text(told.get("outcome")) or fields.text(told.get("status")) or ""
    if status in _ON_THEIR_WAY:
        return ci.UNFINISHED
    flow, owner = fields.mapping(told.get("workflows")), fields.text(told.get("username"))
    names = (fields.text(flow.get("workflow_name")), fields.text(flow.get("job_name") or told.get("job_name")))
    name, page = fields.text(told.get("reponame")), fields.text(told.get("build_url"))
    run = ci.Run(
        repository=changes.repository(fields.text(told.get("vcs_url")))
        or (f"{owner}/{name}" if owner and name else None),
        path=tuple(filter(None, names)) or ("build",),
        outcome=_OLDER.get(status, status),
        vendor_id=fields.composed("build", page),
        branch=fields.text(told.get("branch")),
        tag=fields.text(told.get("vcs_tag")),
        commit=fields.text(told.get("vcs_revision")),
        link=page,
        finished=told.get("stop_time"),
    )
    return ci.result(run)


def _checkout(told: Mapping[str, Any]) -> _Checkout:
    """From the pipeline's `vcs`, else from the parameters of what triggered it; which, is the Git provider's affair."""
    pipeline = fields.mapping(told.get("pipeline"))
    vcs, triggered = fields.mapping(pipeline.get("vcs")), fields.mapping(pipeline.get("trigger_parameters"))
    git = fields.mapping(triggered.get("git"))
    places = (vcs, git, *(fields.mapping(triggered.get(name)) for name in _PROVIDERS))
    address = _first(places, "target_repository_url", "web_url", "repo_url", "checkout_url")
    return _Checkout(
        repository=changes.repository(address) or _named(told),
        branch=_first(places, "branch"),
        tag=_first(places, "tag"),
        default_branch=_first(places, "default_branch"),
        commit=_first(places, "revision", "checkout_sha", "commit_sha"),
    )


def _named(told: Mapping[str, Any]) -> str | None:
    """Where the address is not told: the organization and the project."""
    owner, name = (fields.text(fields.mapping(told.get(part)).get("name")) for part in ("organization", "project"))
    return f"{owner}/{name}" if owner and name else None


def _first(places: Sequence[Mapping[str, Any]], *names: str) -> str | None:
    """The first of these fields that is told; what is not known is often an empty text."""
    told = (fields.text(place.get(name)) for name in names for place in places)
    return next((text for text in told if text), None)


SOURCE = Source("circleci", "CircleCI webhooks: workflows and jobs that ended", read)
