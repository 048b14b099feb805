"""Jenkins builds that ended, by its Notification plugin or the Global Build Notification plugin.

https://plugins.jenkins.io/notification/
https://github.com/anxk/global-build-notification-plugin
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from argus_streams.core import changes, ci, fields
from argus_streams.core.events import Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

# A build is told at each phase, its end twice: before the post-build steps and after them. It is one by its id.
_ENDED = frozenset({"COMPLETED", "FINALIZED"})
_REQUEST = re.compile(r"(?:PR|MR)-\d+(?:-(?:head|merge))?")  # a branch job of a change that is under review


def read(body: Body) -> Sequence[Item]:
    """The one build that a notification tells."""
    told = fields.mapping(fields.decode(body.value))
    build = fields.mapping(told.get("build"))
    if build:
        return (_notified(told, build),)
    if "jobName" in told:
        return (_global(told),)
    raise Malformed("not a Jenkins notification", "neither `build` nor `jobName`")


def _notified(told: Mapping[str, Any], build: Mapping[str, Any]) -> Item:
    """The Notification plugin's."""
    if fields.text(build.get("phase")) not in _ENDED:
        return ci.UNFINISHED
    scm = fields.mapping(build.get("scm"))
    branch = _branch(fields.text(scm.get("branch")) or "")
    link, name = fields.text(build.get("full_url")), fields.text(told.get("name")) or "build"
    place = link or fields.text(build.get("url"))
    # A job that is made anew counts its builds from 1 again, the queue goes on.
    number = fields.text(build.get("queue_id")) or fields.text(build.get("number"))
    path, own = _path(place or fields.text(told.get("url")), branch)
    run = ci.Run(
        repository=changes.repository(fields.text(scm.get("url"))),
        path=path or (name,),
        outcome=fields.text(build.get("status")),
        vendor_id=fields.composed("build", place or name, number or (place and "")),
        branch=branch or own,
        commit=fields.text(scm.get("commit")),
        link=link,
        finished=build.get("timestamp"),
        message=_tests(fields.mapping(build.get("test_summary")))
        or (fields.text(build.get("log")) or "").strip()
        or None,
    )
    return ci.result(run)


def _global(told: Mapping[str, Any]) -> Item:
    """The Global Build Notification plugin's."""
    if fields.text(told.get("result")) is None:
        return ci.UNFINISHED
    link = fields.text(told.get("url"))
    path, branch = _path(link, None)
    run = ci.Run(
        repository=None,
        path=path or tuple((fields.text(told.get("jobName")) or "build").split("/")),
        outcome=fields.text(told.get("result")),
        vendor_id=fields.composed("build", fields.text(told.get("eventId")) or link),
        branch=branch,
        link=link,
        finished=told.get("timestamp"),
    )
    return ci.result(run)


def _path(address: str | None, branch: str | None) -> tuple[tuple[str, ...], str | None]:
    """Folders and job out of a build's address, `…/job/shop/job/checkout/job/main/25/`, and the branch that it names.

    A multibranch job has a job for each branch, which is none of the path: main's failure and main's mending are told
    apart from the others' by the branch.
    """
    parts = f"/{address or ''}".partition("?")[0].split("/job/")[1:]
    named = [unquote(unquote(part.partition("/")[0])) for part in parts]
    last = named[-1] if len(named) > 1 else None
    if last is not None and (last == branch or last in ci.USUAL or _REQUEST.fullmatch(last)):
        return tuple(named[:-1]), last
    return tuple(named), None


def _branch(ref: str) -> str | None:
    """Git's plugin names a branch as its remote does, `origin/main`."""
    for prefix in ("refs/remotes/", "refs/heads/", "origin/"):
        ref = ref.removeprefix(prefix)
    return ref or None


def _tests(summary: Mapping[str, Any]) -> str | None:
    failed, total = fields.integer(summary.get("failed")), fields.integer(summary.get("total"))
    return f"{failed} of {total or failed} tests failed" if failed else None


SOURCE = Source("jenkins", "Jenkins builds that ended, by its notification plugins", read)
