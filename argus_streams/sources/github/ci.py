"""Continuous integration: what failed, and the success that closes it."""

from collections.abc import Mapping
from typing import Any

from argus_streams.core import ci, fields
from argus_streams.core.events import Item
from argus_streams.sources.github.hook import Hook


def workflow_run(hook: Hook) -> Item:
    """A whole workflow."""
    told = fields.mapping(hook.told.get("workflow_run"))
    name = fields.text(told.get("name")) or fields.text(fields.mapping(hook.told.get("workflow")).get("name"))
    return _finished(hook, {**told, "head_branch": _branch(hook, told)}, (name or "workflow",), _attempt("run", told))


def _branch(hook: Hook, told: Mapping[str, Any]) -> str | None:
    """A fork's branch as GitHub shows it, "owner:branch": the main one of a fork is none of ours."""
    branch = fields.text(told.get("head_branch"))
    origin = fields.text(fields.mapping(told.get("head_repository")).get("full_name"))
    return f"{origin.partition('/')[0]}:{branch}" if origin and branch and origin != hook.repository else branch


def workflow_job(hook: Hook) -> Item:
    """A job of a workflow, with the steps that failed."""
    told = fields.mapping(hook.told.get("workflow_job"))
    path = (fields.text(told.get("workflow_name")) or "workflow", fields.text(told.get("name")) or "job")
    steps = map(fields.mapping, fields.listing(told.get("steps")))
    failed = [
        fields.text(step.get("name")) or "?" for step in steps if fields.text(step.get("conclusion")) in ci.FAILED
    ]
    message = f"{' / '.join(path)} failed at: {', '.join(failed)}" if failed else None
    return _finished(hook, told, path, _attempt("job", told), message)


def check_run(hook: Hook) -> Item:
    """A check of any application; a check that is run again keeps its id, so its end is part of ours."""
    told = fields.mapping(hook.told.get("check_run"))
    output = fields.mapping(told.get("output"))
    parts = [text for text in (fields.text(output.get("title")), fields.text(output.get("summary"))) if text]
    path = (fields.text(told.get("name")) or "check",)
    suite = fields.mapping(told.get("check_suite"))
    vendor_id = fields.composed("check", fields.text(told.get("id")), fields.text(told.get("completed_at")))
    return _finished(hook, {"head_branch": suite.get("head_branch"), **told}, path, vendor_id, "\n".join(parts) or None)


def status(hook: Hook) -> Item:
    """A commit status, which older CI servers set."""
    told = hook.told
    if told.get("state") == "pending":
        return ci.UNFINISHED
    names = [fields.text(fields.mapping(branch).get("name")) for branch in fields.listing(told.get("branches"))]
    run = ci.Run(
        repository=hook.repository,
        path=(fields.text(told.get("context")) or "default",),
        outcome=fields.text(told.get("state")),
        branch=hook.default_branch if hook.default_branch in names else next(iter(names), None),
        default_branch=hook.default_branch,
        commit=fields.text(told.get("sha")),
        link=fields.text(told.get("target_url")),
        finished=told.get("updated_at"),
        vendor_id=fields.composed("status", fields.text(told.get("id"))),
        message=fields.text(told.get("description")),
        delivery=hook.delivery,
    )
    return ci.result(run)


def _finished(
    hook: Hook, told: Mapping[str, Any], path: tuple[str, ...], vendor_id: str | None, message: str | None = None
) -> Item:
    """What runs, jobs and checks have in common."""
    if hook.told.get("action") != "completed" and told.get("status") != "completed":
        return ci.UNFINISHED
    run = ci.Run(
        repository=hook.repository,
        path=path,
        outcome=fields.text(told.get("conclusion")),
        branch=fields.text(told.get("head_branch")),
        default_branch=hook.default_branch,
        commit=fields.text(told.get("head_sha")),
        link=fields.text(told.get("html_url")),
        finished=told.get("completed_at") or told.get("updated_at"),
        vendor_id=vendor_id,
        message=message,
        delivery=hook.delivery,
    )
    return ci.result(run)


def _attempt(kind: str, told: Mapping[str, Any]) -> str | None:
    return fields.composed(kind, fields.text(told.get("id")), fields.text(told.get("run_attempt")) or "1")
