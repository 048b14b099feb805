"""Continuous integration: what failed, and the success that closes it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from argus_streams.core import fields
from argus_streams.core.events import Event, Ignored, Item
from argus_streams.sources.github.hook import Hook

# Conclusions of runs and states of a status, in words for people.
_FAILED = {"failure": "failed", "error": "failed", "timed_out": "timed out", "startup_failure": "failed to start"}
_UNFINISHED = "a run that is not finished"


class _Run(NamedTuple):
    """A finished piece of CI, whichever event told it."""

    path: tuple[str, ...]  # workflow and job; of a check only its name is told
    outcome: str | None
    branch: str | None
    commit: str | None
    link: str | None
    finished: object
    vendor_id: str
    message: str | None = None


def _ci(hook: Hook, run: _Run) -> Item:
    """A failure, or the success that closes it.

    Off the default branch the identity says so: a green feature branch does not close what broke the main one.
    """
    failed = _FAILED.get(run.outcome or "")
    if failed is None and run.outcome != "success":
        return Ignored("a run that neither failed nor succeeded")
    elsewhere = None not in (run.branch, hook.default_branch) and run.branch != hook.default_branch
    label, on = " / ".join(run.path), f" on {run.branch}" if run.branch else ""
    headline = f"{label} {failed or 'succeeded'}{on}"
    return Event(
        kind="ci",
        status="firing" if failed else "resolved",
        type=run.outcome,
        message=run.message or headline,
        title=f"CI: {headline}",
        link=run.link,
        repository=hook.repository,
        branch=run.branch,
        commit=run.commit,
        identity=("ci", hook.repository, *run.path, *(("off the default branch",) if elsewhere else ())),
        occurred_at=fields.instant(run.finished),
        vendor_id=f"{run.vendor_id}:{run.outcome}",
        delivery_id=hook.delivery,
    )


def workflow_run(hook: Hook) -> Item:
    """A whole workflow."""
    told = fields.mapping(hook.told.get("workflow_run"))
    name = fields.text(told.get("name")) or fields.text(fields.mapping(hook.told.get("workflow")).get("name"))
    return _finished(hook, told, (name or "workflow",), f"run:{_attempt(told)}")


def workflow_job(hook: Hook) -> Item:
    """A job of a workflow, with the steps that failed."""
    told = fields.mapping(hook.told.get("workflow_job"))
    path = (fields.text(told.get("workflow_name")) or "workflow", fields.text(told.get("name")) or "job")
    steps = map(fields.mapping, fields.listing(told.get("steps")))
    failed = [fields.text(step.get("name")) or "?" for step in steps if fields.text(step.get("conclusion")) in _FAILED]
    message = f"{' / '.join(path)} failed at: {', '.join(failed)}" if failed else None
    return _finished(hook, told, path, f"job:{_attempt(told)}", message)


def check_run(hook: Hook) -> Item:
    """A check of any application; a check that is run again keeps its id, so its end is part of ours."""
    told = fields.mapping(hook.told.get("check_run"))
    output = fields.mapping(told.get("output"))
    parts = [text for text in (fields.text(output.get("title")), fields.text(output.get("summary"))) if text]
    path = (fields.text(told.get("name")) or "check",)
    suite = fields.mapping(told.get("check_suite"))
    vendor_id = f"check:{fields.text(told.get('id'))}:{fields.text(told.get('completed_at'))}"
    return _finished(hook, {"head_branch": suite.get("head_branch"), **told}, path, vendor_id, "\n".join(parts) or None)


def status(hook: Hook) -> Item:
    """A commit status, which older CI servers set."""
    told = hook.told
    if told.get("state") == "pending":
        return Ignored(_UNFINISHED)
    names = [fields.text(fields.mapping(branch).get("name")) for branch in fields.listing(told.get("branches"))]
    run = _Run(
        path=(fields.text(told.get("context")) or "default",),
        outcome=fields.text(told.get("state")),
        branch=hook.default_branch if hook.default_branch in names else next(iter(names), None),
        commit=fields.text(told.get("sha")),
        link=fields.text(told.get("target_url")),
        finished=told.get("updated_at"),
        vendor_id=f"status:{fields.text(told.get('id'))}",
        message=fields.text(told.get("description")),
    )
    return _ci(hook, run)


def _finished(
    hook: Hook, told: Mapping[str, Any], path: tuple[str, ...], vendor_id: str, message: str | None = None
) -> Item:
    """What runs, jobs and checks have in common."""
    if hook.told.get("action") != "completed" and told.get("status") != "completed":
        return Ignored(_UNFINISHED)
    run = _Run(
        path=path,
        outcome=fields.text(told.get("conclusion")),
        branch=fields.text(told.get("head_branch")),
        commit=fields.text(told.get("head_sha")),
        link=fields.text(told.get("html_url")),
        finished=told.get("completed_at") or told.get("updated_at"),
        vendor_id=vendor_id,
        message=message,
    )
    return _ci(hook, run)


def _attempt(told: Mapping[str, Any]) -> str:
    return f"{fields.text(told.get('id'))}:{fields.text(told.get('run_attempt')) or 1}"
