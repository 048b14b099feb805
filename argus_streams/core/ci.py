"""What continuous integration of all vendors has in common: words of outcome, identity, a failure and what closes it.

A repository's workflow and job are one identity whoever tells of them, so that the success that another sender tells
closes the failure.
"""

from typing import NamedTuple

from argus_streams.core import fields
from argus_streams.core.events import Event, Ignored, Item

# Outcomes of runs, jobs, checks and builds, in words for people.
FAILED = {
    "failure": "failed",
    "failed": "failed",
    "error": "failed",
    "timed_out": "timed out",
    "startup_failure": "failed to start",
    "unstable": "has failing tests",
}
UNFINISHED = Ignored("a run that is not finished")
USUAL = frozenset({"main", "master"})  # default branches, where the sender does not tell the repository's
_SUCCEEDED = frozenset({"success", "successful"})


class Run(NamedTuple):
    """A finished piece of CI, whichever sender told it."""

    repository: str | None
    path: tuple[str, ...]  # workflow and job, as far as they are told
    outcome: str | None  # in the vendor's word
    vendor_id: str | None  # of this run and attempt; the outcome is added here
    branch: str | None = None
    tag: str | None = None  # instead of a branch
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
    word = (run.outcome or "").lower()
    failed = FAILED.get(word)
    if failed is None and word not in _SUCCEEDED:
        return Ignored("a run that neither failed nor succeeded")
    ref = run.branch or run.tag
    elsewhere = ref is not None and ref not in ({run.default_branch} if run.default_branch else USUAL)
    label, on = " / ".join(run.path), f" on {ref}" if ref else ""
    place = (run.repository,) if run.repository else ()
    headline = f"{label} {failed or 'succeeded'}{on}"
    return Event(
        kind="ci",
        status="firing" if failed else "resolved",
        type=run.outcome,
        message=run.message or headline,
        title=f"CI: {headline}",
        link=run.link,
        repository=run.repository,
        release=run.tag,
        branch=run.branch,
        commit=fields.commit(run.commit),
        identity=("ci", *place, *run.path, *(("off the default branch",) if elsewhere else ())),
        occurred_at=fields.instant(run.finished),
        vendor_id=fields.composed(run.vendor_id, run.outcome),
        delivery_id=run.delivery,
    )
