"""Vercel's webhooks: the steps of a deployment.

https://vercel.com/docs/webhooks/webhooks-api
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argus_streams.core import changes, fields
from argus_streams.core.events import Ignored, Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed

_DEPLOYMENT = "deployment."
_STEPS = frozenset({"created", "succeeded", "ready", "error", "canceled", "promoted", "rollback"})
_LIVE = frozenset({"promoted", "rollback"})  # of production, and of one deployment as often as people like


def read(body: Body) -> Sequence[Item]:
    """The one step that a webhook tells."""
    told = fields.mapping(fields.decode(body.value))
    event, payload = fields.text(told.get("type")), told.get("payload")
    if event is None or not isinstance(payload, dict):
        raise Malformed("not a Vercel webhook", "`type` or `payload` is missing")
    step = event.removeprefix(_DEPLOYMENT)
    if not event.startswith(_DEPLOYMENT):
        return (Ignored("an event that is no deployment"),)
    if step not in _STEPS:
        return (Ignored("a check or an action inside of a deployment"),)
    return (_deploy(told, payload, step),)


def _deploy(told: Mapping[str, Any], payload: Mapping[str, Any], step: str) -> Item:
    deployment, project = fields.mapping(payload.get("deployment")), fields.mapping(payload.get("project"))
    meta = fields.mapping(deployment.get("meta"))
    service = fields.text(deployment.get("name")) or fields.text(project.get("name"))
    # A rollback names nothing but ids.
    number = fields.text(deployment.get("id")) or fields.text(payload.get("toDeploymentId"))
    at, turn = told.get("createdAt"), (fields.text(told.get("createdAt")),) if step in _LIVE else ()
    deploy = changes.Deploy(
        name=service or fields.text(project.get("id")) or "deployment",
        environment=_environment(payload, deployment, step),
        status=step,
        vendor_id=fields.composed(number, step, *turn),
        service=service,
        repository=_repository(meta),
        ref=_of_git(meta, "CommitRef") or "",
        commit=_of_git(meta, "CommitSha"),
        author=_of_git(meta, "CommitAuthorLogin") or _of_git(meta, "CommitAuthorName"),
        link=fields.text(fields.mapping(payload.get("links")).get("deployment")),
        happened=at,
        delivery=fields.text(told.get("id")),
    )
    return changes.deploy(deploy)


def _environment(payload: Mapping[str, Any], deployment: Mapping[str, Any], step: str) -> str:
    """No target is a preview, unless it is an environment of the team's own, which only its id names."""
    target = fields.text(payload.get("target")) or fields.text(deployment.get("target"))
    own = fields.text(deployment.get("customEnvironmentId"))
    return target or ("production" if step in _LIVE else own or "preview")


def _repository(meta: Mapping[str, Any]) -> str | None:
    for owner, name in (("githubOrg", "githubRepo"), ("bitbucketRepoOwner", "bitbucketRepoSlug")):
        told = fields.text(meta.get(owner)), fields.text(meta.get(name))
        if None not in told:
            return f"{told[0]}/{told[1]}"
    return fields.text(meta.get("gitlabProjectPath"))


def _of_git(meta: Mapping[str, Any], what: str) -> str | None:
    """A field that the Git provider's name begins; ``git`` is of deployments from the command line."""
    told = (fields.text(meta.get(f"{provider}{what}")) for provider in ("github", "gitlab", "bitbucket", "git"))
    return next((text for text in told if text), None)


SOURCE = Source("vercel", "Vercel webhooks: deployments from their start to their promotion or error", read)
