"""Rollbar: webhooks of items, occurrences and deploys, and the items that its notifiers post.

https://docs.rollbar.com/docs/webhooks, https://docs.rollbar.com/reference/create-item
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item, Rejected, Signal
from argus_streams.core.source import Body, Source, counted
from argus_streams.errors import Malformed
from argus_streams.sources.rollbar.occurrence import of_item, of_notifier


def read(body: Body) -> Sequence[Item]:
    """The one thing that a webhook tells, or an item for each that a notifier posts."""
    told = fields.decode(body.value)
    if isinstance(told, list):
        return [_posted(each) for each in counted(told)] or (Ignored("nothing in it"),)
    if not isinstance(told, dict):
        raise Malformed("not an object", f"a webhook is a JSON object, this is a {type(told).__name__}")
    event, data = fields.text(told.get("event_name")), fields.mapping(told.get("data"))
    if event is not None:
        return (_webhook(event, data),)
    if "body" in data:
        return (_posted(told),)
    raise Malformed("neither webhook nor item", "no `event_name`, and no `data.body`")


def _posted(told: object) -> Item:
    data = fields.mapping(fields.mapping(told).get("data"))
    return of_notifier(data) if data else Rejected("not an item", "no object `data` in it")


def _webhook(event: str, data: Mapping[str, Any]) -> Item:
    if event == "deploy":
        return _deploy(fields.mapping(data.get("deploy")))
    if event == "test":
        return Ignored("a test of the webhook")
    if isinstance(data.get("item"), dict) or isinstance(data.get("occurrence"), dict):
        return of_item(event, data)
    return Ignored("an event that we do not know")


def _deploy(deploy: Mapping[str, Any]) -> Item:
    """A rollout; Rollbar tells an environment and no service. Only the newer deploys tell a status."""
    environment = fields.text(deploy.get("environment")) or "production"
    revision, status = fields.text(deploy.get("revision")), fields.text(deploy.get("status"))
    number = fields.text(deploy.get("id"))
    headline = f"deploy of {(revision or 'unknown revision')[:12]} to {environment}"
    return Signal(
        kind="deploy",
        subject=environment,
        title=fields.text(deploy.get("comment")) or (f"{headline}: {status}" if status else headline),
        status=status,
        environment=environment,
        release=revision,
        commit=fields.commit(revision),
        author=fields.text(deploy.get("local_username")) or fields.text(deploy.get("rollbar_username")),
        occurred_at=fields.instant(deploy.get("finish_time")) or fields.instant(deploy.get("start_time")),
        vendor_id=f"deploy:{number}" if number else None,
    )


SOURCE = Source("rollbar", "Rollbar's webhooks of items, occurrences and deploys, and items of its notifiers", read)
