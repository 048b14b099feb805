"""What continuous integration of all vendors has in common: words of outcome, identity, a failure and what closes it.

A repository's workflow and job are one identity whoever tells of them, so that the success that another sender tells
closes the failure.
"""

from typing import NamedTuple

from argus_streams.core import fields
from argus_streams.core.events import Event, Ignored, Item

# Outcomes of runs, jobs, checks and builds, in words for people.
FAILED = {"failure": "failed", "error": "failed", "timed_out": "timed out", "startup_failure": "failed to start"}
UNFINISHED = Ignored("a run that is not finished")


class Run(NamedTuple):
    """A finished piece of CI, whichever sender told it."""

    repository: str
    path: tuple[str, ...]  # workflow and job, as far as they are told
    outcome: str | None  # in the vendor's word
    vendor_id: str  # of this run and attempt; the outcome is added here
    branch: str | None = None
    default_branch: str | None = None  # of the repository
    commit: str | None = None
    link: str | None = None
    finished: object = None  # a time in any spelling
    message: str | None = None  # what failed in it
    delivery: str | None = None


def result(run: Run) -> Item:
    """A failure, or the success that closes it.

    Off the default branch the identity says so: a green feature branch does not close what broke the main one.
    """
    failed = FAILED.get(run.outcome or "")
    if failed is None and run.outcome != "success":
        return Ignored("a run that neither failed nor succeeded")
    elsewhere = None not in (run.branch, run.default_branch) and run.branch != run.default_branch
    label, on = " / ".join(run.path), f" on {run.branch}" if run.branch else ""
    headline = f"{label} {failed or 'succeeded'}{on}"
    return Event(
        kind="ci",
        status="firing" if failed else "resolved",
        type=run.outcome,
        message=run.message or headline,
        title=f"CI: {headline}",
        link=run.link,
        repository=run.repository,
        branch=run.branch,
        commit=run.commit,
        identity=("ci", run.repository, *run.path, *(("off the default branch",) if elsewhere else ())),
        occurred_at=fields.instant(run.finished),
        vendor_id=f"{run.vendor_id}:{run.outcome}",
        delivery_id=run.delivery,
    )
