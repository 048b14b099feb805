"""Bitbucket Cloud."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from argus_streams.core import changes, ci, fields
from argus_streams.core.events import Item
from argus_streams.core.source import counted
from argus_streams.errors import Malformed

Reader = Callable[[Mapping[str, Any], str, str | None], Sequence[Item]]

_STATUSES = {
    "pullrequest:created": "opened",
    "pullrequest:updated": "synchronize",  # of its title or its code: which, is not told
    "pullrequest:fulfilled": "merged",
    "pullrequest:rejected": "closed",
}
_NUMBER = re.compile(r" ?#\d+")  # of a run, in the name of its status


def _push(told: Mapping[str, Any], _: str, delivery: str | None) -> Sequence[Item]:
    """Each ref of a push; which files it touches is not told."""
    repository, author = _repository(told), _login(told.get("actor"))
    listed = fields.listing(fields.mapping(told.get("push")).get("changes"))
    return [_pushed(fields.mapping(change), repository, author, delivery) for change in counted(listed)]


def _pushed(change: Mapping[str, Any], repository: str, author: str | None, delivery: str | None) -> Item:
    new, old = fields.mapping(change.get("new")), fields.mapping(change.get("old"))
    target = fields.mapping(new.get("target"))
    kind = "tags" if (new or old).get("type") == "tag" else "heads"
    push = changes.Push(
        repository=repository,
        ref=f"refs/{kind}/{fields.text((new or old).get('name')) or ''}",
        before=fields.text(fields.mapping(old.get("target")).get("hash")),
        after=fields.text(target.get("hash")),
        message=fields.text(target.get("message")),
        author=author,
        link=_page(change) or _page(target),
        delivery=delivery,
    )
    return changes.push(push)


def _pull_request(told: Mapping[str, Any], event: str, delivery: str | None) -> Sequence[Item]:
    repository, request = _repository(told), fields.mapping(told.get("pullrequest"))
    source = fields.mapping(request.get("source"))
    head = fields.text(fields.mapping(source.get("commit")).get("hash"))
    status, number = _STATUSES[event], fields.text(request.get("id")) or "?"
    updated = fields.text(request.get("updated_on"))
    # A turn that leaves the code alone is the one before.
    turn = head if status == "synchronize" else fields.composed(head or "", updated)
    merge = fields.text(fields.mapping(request.get("merge_commit")).get("hash")) if status == "merged" else None
    pull_request = changes.PullRequest(
        repository=repository,
        number=number,
        status=status,
        vendor_id=fields.composed("pull_request", repository, number, status, turn),
        title=fields.text(request.get("title")),
        branch=fields.text(fields.mapping(source.get("branch")).get("name")),
        commit=merge or head,
        author=_login(request.get("author")),
        link=_page(request),
        updated=updated,
        delivery=delivery,
    )
    return (changes.pull_request(pull_request),)


def _status(told: Mapping[str, Any], _: str, delivery: str | None) -> Sequence[Item]:
    """A build's, which any CI server sets, Bitbucket's own pipelines too."""
    status = fields.mapping(told.get("commit_status"))
    state = fields.text(status.get("state"))
    if state == "INPROGRESS":
        return (ci.UNFINISHED,)
    repository, branch = _repository(told), fields.text(status.get("refname"))
    commit = fields.text(fields.mapping(status.get("commit")).get("hash")) or _last(status, "commit")
    key, link = fields.text(status.get("key")), fields.text(status.get("url"))
    run = ci.Run(
        repository=repository,
        path=(_lasting(fields.text(status.get("name")), branch) or key or "build",),
        outcome=state,
        vendor_id=fields.composed(
            "status", repository, commit or "", key or "", link
        ),  # its page is another for each build
        branch=branch,
        commit=commit,
        link=link,
        finished=status.get("updated_on"),
        message=fields.text(status.get("description")),
        delivery=delivery,
    )
    return (ci.result(run),)


def _lasting(name: str | None, branch: str | None) -> str | None:
    """The name that all runs have: "Pipeline #12 for main" is the pipeline, and the failure before was its too."""
    if name is None:
        return None
    return _NUMBER.sub("", name).strip().removesuffix(f" for {branch}") or None


def _repository(told: Mapping[str, Any]) -> str:
    name = fields.short(fields.mapping(told.get("repository")).get("full_name"))
    if name is None:
        raise Malformed("no repository", "an event without `repository.full_name`")
    return name


def _login(user: object) -> str | None:
    told = fields.mapping(user)
    names = (fields.text(told.get(name)) for name in ("nickname", "username", "display_name"))
    return next((name for name in names if name), None)


def _page(told: Mapping[str, Any]) -> str | None:
    return fields.text(fields.mapping(fields.mapping(told.get("links")).get("html")).get("href"))


def _last(told: Mapping[str, Any], link: str) -> str | None:
    """The last part of a link."""
    href = fields.text(fields.mapping(fields.mapping(told.get("links")).get(link)).get("href"))
    return (href or "").rpartition("/")[2] or None


READERS: Mapping[str, Reader] = {
    "repo:push": _push,
    "repo:commit_status_created": _status,
    "repo:commit_status_updated": _status,
    **dict.fromkeys(_STATUSES, _pull_request),
}
