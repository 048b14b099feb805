"""Bitbucket webhooks, of Cloud and of Data Center: build statuses as events; pushes and pull requests as signals.

https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/
https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed
from argus_streams.sources.bitbucket import cloud, server

# Of each request: Cloud's, Data Center's. `x-hook-uuid` names the webhook, not the request.
_DELIVERIES = ("x-request-uuid", "x-request-id")
_STATES = {"MERGED": "pullrequest:fulfilled", "DECLINED": "pullrequest:rejected"}
_REVIEWED = ("approval", "changes_request", "comment")
_HEADERS = frozenset({"x-event-key", "x-hook-uuid", "x-request-uuid", "x-attempt-number"})  # a capture may hold no more


def read(body: Body) -> Sequence[Item]:
    """What a webhook tells: of a push each branch, else one thing."""
    told = fields.mapping(fields.decode(body.value))
    if told and told.keys() <= _HEADERS:
        return (Ignored("a request's headers without its body"),)
    own = fields.text(told.get("eventKey"))  # Data Center's bodies name their event
    event = body.headers.get("x-event-key") or own or _by_shape(told)
    delivery = next((body.headers[name] for name in _DELIVERIES if body.headers.get(name)), None)
    reader = server.READERS.get(event) or cloud.READERS.get(event)
    if reader is None:
        return (Ignored(_why_not(event)),)
    return reader(told, event, delivery)


def _why_not(event: str) -> str:
    """A reason out of few, for reasons are counted and anyone may send any header."""
    if event.startswith(("pullrequest:", "pr:")):
        return "a pull request whose code did not change"
    if event.startswith(("repo:", "issue:", "project:", "mirror:", "diagnostics:")):
        return "a repository's affairs are not about production health"
    return "an event that we do not know"


def _by_shape(told: Mapping[str, Any]) -> str:
    """Where the header is lost, keys tell the event."""
    if "repository" not in told:
        raise Malformed("not a Bitbucket webhook", "neither x-event-key, `eventKey` nor `repository`")
    if "pullrequest" in told:
        state = fields.text(fields.mapping(told["pullrequest"]).get("state")) or ""
        reviewed = any(key in told for key in _REVIEWED)
        return "pullrequest:reviewed" if reviewed else _STATES.get(state, "pullrequest:updated")
    if "commit_status" in told:
        return "repo:commit_status_updated"
    return "repo:push" if "push" in told else "repo:updated"


SOURCE = Source("bitbucket", "Bitbucket webhooks: build statuses, pushes, pull requests; Cloud and Data Center", read)
