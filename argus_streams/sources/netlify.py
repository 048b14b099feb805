"""Netlify's deploy notifications: a deploy that begins, is live, fails or is restored.

https://docs.netlify.com/deploy/deploy-notifications/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argus_streams.core import changes, fields
from argus_streams.core.events import Ignored, Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

# What the header says is what happened; the state is where the deploy stands, which a lock or a deletion leaves alone.
_STATES = {"deploy_building": "building", "deploy_created": "ready", "deploy_failed": "error"}
_RESTORED = "deploy_restored"
_TOLD = frozenset({"building", "ready", "error"})


def read(body: Body) -> Sequence[Item]:
    """The one step of a deploy that a notification tells."""
    told = fields.mapping(fields.decode(body.value))
    event, state = body.headers.get("x-netlify-event"), fields.text(told.get("state"))
    if event and event != _RESTORED and event not in _STATES:
        return (Ignored("an event that brings no code out"),)
    if fields.text(told.get("site_id")) is None:
        raise Malformed("not a Netlify notification", "no `site_id`")
    if state not in _TOLD:
        return (Ignored("a deploy on its way"),)
    if told.get("skipped") is True:
        return (Ignored("a deploy that was skipped"),)
    return (_deploy(told, "restored" if event == _RESTORED else _STATES.get(event or "", state)),)


def _deploy(told: Mapping[str, Any], status: str) -> Item:
    service = fields.text(told.get("name"))
    page = (fields.text(told.get("commit_url")) or "").partition("/commit")[0].removesuffix("/-")
    number, published = fields.text(told.get("id")), fields.text(told.get("published_at"))
    admin = fields.text(told.get("admin_url"))
    deploy = changes.Deploy(
        name=service or fields.text(told.get("site_id")) or "site",
        environment=fields.text(told.get("context")) or "production",
        status=status,
        vendor_id=fields.composed(number, status, published or ""),  # restoring publishes again
        service=service,
        repository=changes.repository(page),
        ref=fields.text(told.get("branch")) or "",
        commit=fields.text(told.get("commit_ref")),
        author=fields.text(told.get("committer")),
        link=f"{admin}/deploys/{number}" if admin and number else admin,
        happened=told.get("updated_at"),
    )
    return changes.deploy(deploy)


SOURCE = Source("netlify", "Netlify deploy notifications: deploys that begin, succeed, fail or are restored", read)
