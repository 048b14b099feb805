"""Bitbucket Data Center, and Server before it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from argus_streams.core import changes, fields
from argus_streams.core.events import Item
from argus_streams.core.source import counted
from argus_streams.errors import Malformed

Reader = Callable[[Mapping[str, Any], str, str | None], Sequence[Item]]

_STATUSES = {
    "pr:opened": "opened",
    "pr:from_ref_updated": "synchronize",
    "pr:merged": "merged",
    "pr:declined": "closed",
    "pr:deleted": "closed",
}


def _push(told: Mapping[str, Any], _: str, delivery: str | None) -> Sequence[Item]:
    """Each ref of a push; of the commits, only those of the last are told."""
    repository, author = _repository(told.get("repository")), _login(told.get("actor"))
    last = fields.mapping(told.get("toCommit"))
    pushes = [
        changes.Push(
            repository=repository,
            ref=fields.text(change.get("refId")) or fields.text(fields.mapping(change.get("ref")).get("id")) or "",
            before=fields.text(change.get("fromHash")),
            after=fields.text(change.get("toHash")),
            message=fields.text(last.get("message")) if last.get("id") == change.get("toHash") else None,
            author=author,
            pushed=told.get("date"),
            delivery=delivery,
        )
        for change in map(fields.mapping, counted(fields.listing(told.get("changes"))))
    ]
    return [changes.push(push) for push in pushes]


def _pull_request(told: Mapping[str, Any], event: str, delivery: str | None) -> Sequence[Item]:
    request = fields.mapping(told.get("pullRequest"))
    source, target = fields.mapping(request.get("fromRef")), fields.mapping(request.get("toRef"))
    repository, head = _repository(target.get("repository")), fields.text(source.get("latestCommit"))
    status, number = _STATUSES[event], fields.text(request.get("id")) or "?"
    merge = fields.mapping(fields.mapping(request.get("properties")).get("mergeCommit"))
    updated = request.get("updatedDate") or told.get("date")
    links = fields.listing(fields.mapping(request.get("links")).get("self"))
    pull_request = changes.PullRequest(
        repository=repository,
        number=number,
        status=status,
        vendor_id=fields.composed("pull_request", repository, number, status, head or "", fields.text(updated)),
        title=fields.text(request.get("title")),
        branch=fields.text(source.get("displayId")),
        commit=(fields.text(merge.get("id")) if status == "merged" else None) or head,
        author=_login(fields.mapping(request.get("author")).get("user")),
        link=fields.text(fields.mapping(next(iter(links), None)).get("href")),
        updated=updated,
        delivery=delivery,
    )
    return (changes.pull_request(pull_request),)


def _repository(value: object) -> str:
    """The project's key and the repository's slug."""
    told = fields.mapping(value)
    key, slug = fields.short(fields.mapping(told.get("project")).get("key")), fields.short(told.get("slug"))
    if key is None or slug is None:
        raise Malformed("no repository", "an event without `project.key` and `slug` of its repository")
    return f"{key}/{slug}"


def _login(user: object) -> str | None:
    return fields.text(fields.mapping(user).get("name"))


READERS: Mapping[str, Reader] = {
    "repo:refs_changed": _push,
    **dict.fromkeys(_STATUSES, _pull_request),
}
