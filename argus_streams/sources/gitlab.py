"""GitLab webhooks: pipelines and jobs as events; pushes, merge requests and deployments as signals.

https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from argus_streams.core import changes, ci, fields
from argus_streams.core.events import Ignored, Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

# The last of them is shared by webhooks that set off one another; the first two are each request's own, the same when
# it is sent again. https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers
_DELIVERIES = ("webhook-id", "idempotency-key", "x-gitlab-event-uuid")
_FINISHED = frozenset({"success", "failed", "canceled", "skipped"})
_DEPLOYED = frozenset({"running", "success", "failed", "canceled"})
# A night's pipeline does other things than a push's: its success is no end of that one's failure.
_PIPELINES = {"schedule": "scheduled pipeline", "parent_pipeline": "child pipeline"}
_MERGE_REQUESTS = {
    "open": "opened",
    "reopen": "reopened",
    "update": "synchronize",
    "merge": "merged",
    "close": "closed",
}
_NOT_OURS = frozenset({
    *("access_token", "confidential_issue", "confidential_note", "emoji", "feature_flag", "issue", "member"),
    *("milestone", "note", "project", "release", "repository_update", "subgroup", "vulnerability"),
    *("wiki_page", "work_item"),
})  # fmt: skip
# Group and system hooks have no `object_kind`; the word that their `event_name` holds tells what they are about.
_NAMES = (("subgroup", "subgroup"), ("group", "member"), ("team", "member"), ("user", "member"), ("project", "project"))


class _Hook(NamedTuple):
    told: Mapping[str, Any]
    project: Mapping[str, Any]
    repository: str  # "group/subgroup/name"
    delivery: str | None


def read(body: Body) -> Sequence[Item]:
    """The one thing that a webhook tells."""
    told = fields.mapping(fields.decode(body.value))
    kind = _kind(told, body.headers)
    reader = _READERS.get(kind)
    if reader is None:
        return (Ignored(_why_not(kind)),)
    project = fields.mapping(told.get("project"))
    homepage = fields.text(fields.mapping(told.get("repository")).get("homepage"))
    repository = fields.text(project.get("path_with_namespace")) or changes.repository(homepage)
    if repository is None:
        raise Malformed("no project", f"a {kind} without `project.path_with_namespace` and `repository.homepage`")
    delivery = next((body.headers[name] for name in _DELIVERIES if body.headers.get(name)), None)
    return (reader(_Hook(told, project, repository, delivery)),)


def _kind(told: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    kind, name = fields.text(told.get("object_kind")), fields.text(told.get("event_name"))
    if kind:
        return kind
    if name:
        return next((kind for word, kind in _NAMES if word in name), name)
    header = headers.get("x-gitlab-event")  # "Push Hook"
    if header:
        return header.removesuffix(" Hook").lower().replace(" ", "_").replace("job", "build")
    if "test_suites" in told:
        return "test_report"
    raise Malformed("not a GitLab webhook", "neither `object_kind`, `event_name` nor the header x-gitlab-event")


def _why_not(kind: str) -> str:
    """A reason out of few, for reasons are counted and anyone may send any event."""
    if kind == "test_report":
        return "a test report of the API, which no webhook sends"
    return f"{kind} is not about production health" if kind in _NOT_OURS else "an event that we do not know"


def _push(hook: _Hook) -> Item:
    commits = fields.listing(hook.told.get("commits"))
    last = fields.mapping(commits[-1]) if commits else {}
    before, after = fields.text(hook.told.get("before")), fields.text(hook.told.get("after"))
    page = fields.text(hook.project.get("web_url"))
    told = changes.Push(
        repository=hook.repository,
        ref=fields.text(hook.told.get("ref")) or "",
        before=before,
        after=after,
        message=fields.text(last.get("message")),
        files=changes.files(commits),
        author=fields.text(hook.told.get("user_username")) or fields.text(hook.told.get("user_name")),
        link=f"{page}/-/compare/{before}...{after}"
        if page and (before or "").strip("0")
        else fields.text(last.get("url")),
        delivery=hook.delivery,
    )
    return changes.push(told)


def _merge_request(hook: _Hook) -> Item:
    request = fields.mapping(hook.told.get("object_attributes"))
    status = _MERGE_REQUESTS.get(fields.text(request.get("action")) or "")
    if status is None or (status == "synchronize" and fields.text(request.get("oldrev")) is None):
        return Ignored("a merge request whose code did not change")
    number, updated = fields.text(request.get("iid")) or "?", fields.text(request.get("updated_at"))
    sha = fields.text(fields.mapping(request.get("last_commit")).get("id"))
    told = changes.PullRequest(
        repository=hook.repository,
        number=number,
        status=status,
        vendor_id=fields.composed("merge_request", hook.repository, number, status, sha or "", updated),
        title=fields.text(request.get("title")),
        branch=fields.text(request.get("source_branch")),
        commit=(fields.text(request.get("merge_commit_sha")) if status == "merged" else None) or sha,
        author=fields.text(fields.mapping(hook.told.get("user")).get("username")),
        link=fields.text(request.get("url")),
        updated=updated,
        delivery=hook.delivery,
    )
    return changes.pull_request(told)


def _deployment(hook: _Hook) -> Item:
    told = hook.told
    status = fields.text(told.get("status"))
    if status not in _DEPLOYED:
        return Ignored("a deployment status that is no outcome")
    commit = (fields.text(told.get("commit_url")) or "").rpartition("/")[2]
    deploy = changes.Deploy(
        name=hook.repository.rpartition("/")[2],
        environment=fields.text(told.get("environment")) or "production",
        status=status,
        vendor_id=fields.composed("deployment", fields.text(told.get("deployment_id")), status),
        repository=hook.repository,
        ref=fields.text(told.get("ref")) or "",
        commit=commit or fields.text(told.get("short_sha")),
        author=fields.text(fields.mapping(told.get("user")).get("username")),
        link=fields.text(told.get("deployable_url")),
        happened=told.get("status_changed_at"),
        delivery=hook.delivery,
    )
    return changes.deploy(deploy)


def _pipeline(hook: _Hook) -> Item:
    told = fields.mapping(hook.told.get("object_attributes"))
    builds = map(fields.mapping, fields.listing(hook.told.get("builds")))
    broken = (each for each in builds if each.get("status") == "failed" and each.get("allow_failure") is not True)
    failed = [fields.text(build.get("name")) or "?" for build in broken]
    kind, number = _PIPELINES.get(fields.text(told.get("source")) or "", "pipeline"), fields.text(told.get("id"))
    page = fields.text(hook.project.get("web_url"))
    run = ci.Run(
        repository=hook.repository,
        path=(kind,),
        outcome=fields.text(told.get("status")),
        vendor_id=fields.composed("pipeline", number, fields.text(told.get("finished_at"))),  # a retry keeps the number
        link=fields.text(told.get("url")) or (f"{page}/-/pipelines/{number}" if page and number else None),
        finished=told.get("finished_at"),
        message=f"{kind} failed at: {', '.join(failed)}" if failed else None,
    )
    return _finished(hook, {**told, "ref": _ref(hook, told)}, run)


def _ref(hook: _Hook, told: Mapping[str, Any]) -> str | None:
    """Of a fork's merge request, the fork's number before its branch: the main one of a fork is none of ours."""
    ref, request = fields.text(told.get("ref")), fields.mapping(hook.told.get("merge_request"))
    fork, target = (fields.text(request.get(name)) for name in ("source_project_id", "target_project_id"))
    return f"{fork}:{ref}" if fork and target and fork != target else ref


def _build(hook: _Hook) -> Item:
    told = hook.told
    number, status = fields.text(told.get("build_id")), fields.text(told.get("build_status"))
    if status == "failed" and told.get("build_allow_failure") is True:
        return Ignored("a job that is allowed to fail")
    kind = _PIPELINES.get(fields.text(told.get("source")) or "", "pipeline")
    path = (kind, fields.text(told.get("build_name")) or "job")
    reason = fields.text(told.get("build_failure_reason"))
    page = fields.text(fields.mapping(told.get("repository")).get("homepage"))
    run = ci.Run(
        repository=hook.repository,
        path=path,
        outcome=status,
        vendor_id=fields.composed("job", number),  # a retry is another job
        link=f"{page}/-/jobs/{number}" if page and number else None,
        finished=told.get("build_finished_at"),
        message=f"{' / '.join(path)} failed: {reason.replace('_', ' ')}" if reason and status == "failed" else None,
    )
    return _finished(hook, told, run)


def _finished(hook: _Hook, told: Mapping[str, Any], run: ci.Run) -> Item:
    """What pipelines and jobs have in common; ``told`` holds the commit and where it is."""
    if run.outcome not in _FINISHED:
        return ci.UNFINISHED
    ref, tagged = fields.text(told.get("ref")), told.get("tag") is True
    whole = run._replace(
        branch=None if tagged else ref,
        tag=ref if tagged else None,
        default_branch=fields.text(hook.project.get("default_branch")),
        commit=fields.text(told.get("sha")),
        delivery=hook.delivery,
    )
    return ci.result(whole)


_READERS: Mapping[str, Callable[[_Hook], Item]] = {
    "push": _push,
    "tag_push": _push,
    "merge_request": _merge_request,
    "deployment": _deployment,
    "pipeline": _pipeline,
    "build": _build,
}

SOURCE = Source("gitlab", "GitLab webhooks: pipelines and jobs, deployments, pushes, merge requests", read)
