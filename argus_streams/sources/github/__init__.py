"""GitHub webhooks: pushes, pull requests and deployments as signals, failing and mended CI as events.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

from argus_streams.core import fields
from argus_streams.core.events import Ignored, Item
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed
from argus_streams.sources.github import changes, ci
from argus_streams.sources.github.hook import Hook

_READERS: Mapping[str, Callable[[Hook], Item]] = {
    "push": changes.push,
    "pull_request": changes.pull_request,
    "deployment": changes.deployment,
    "deployment_status": changes.deployment_status,
    "workflow_run": ci.workflow_run,
    "workflow_job": ci.workflow_job,
    "check_run": ci.check_run,
    "status": ci.status,
}
_NOT_OURS = {
    *("branch_protection_configuration", "branch_protection_rule", "check_suite", "commit_comment", "create"),
    *("custom_property", "custom_property_values", "delete", "deploy_key", "deployment_protection_rule"),
    *("deployment_review", "discussion", "discussion_comment", "fork", "github_app_authorization", "gollum"),
    *("installation", "installation_repositories", "installation_target", "issue_comment", "issue_dependencies"),
    *("issues", "label", "marketplace_purchase", "member", "membership", "merge_group", "meta", "milestone"),
    *("org_block", "organization", "package", "page_build", "personal_access_token_request", "ping", "project"),
    *("project_card", "project_column", "projects_v2", "projects_v2_item", "projects_v2_status_update", "public"),
    *("pull_request_review", "pull_request_review_comment", "pull_request_review_thread", "registry_package"),
    *("release", "repository", "repository_dispatch", "repository_import", "repository_ruleset", "sponsorship"),
    *("star", "sub_issues", "team", "team_add", "watch", "workflow_dispatch"),
}
_SECURITY = {
    *("code_scanning_alert", "dependabot_alert", "repository_advisory", "repository_vulnerability_alert"),
    *("secret_scanning_alert", "secret_scanning_alert_location", "secret_scanning_scan", "security_advisory"),
    "security_and_analysis",
}
# Where the header is lost, keys tell the event; the first row whose keys are all there wins.
_SHAPES = (
    ("deployment_status", ("deployment_status", "deployment")),
    ("check_run", ("check_run",)),
    ("workflow_job", ("workflow_job",)),
    ("check_suite", ("check_suite",)),
    ("deployment", ("deployment",)),
    ("workflow_run", ("workflow_run",)),
    ("push", ("ref", "before", "after")),
    ("pull_request_review", ("pull_request", "review")),
    ("pull_request_review_comment", ("pull_request", "comment")),
    ("pull_request", ("pull_request",)),
    ("status", ("sha", "state", "context")),
    ("issue_comment", ("issue", "comment")),
    ("issues", ("issue",)),
    ("release", ("release",)),
    ("label", ("label",)),
    ("ping", ("zen",)),
    ("star", ("starred_at",)),
    ("security_advisory", ("alert",)),
)


def read(body: Body) -> Sequence[Item]:
    """The one thing that a webhook tells."""
    told = fields.decode(_json(body.value))
    if not isinstance(told, dict):
        raise Malformed("not an object", f"a webhook is a JSON object, this is a {type(told).__name__}")
    event = body.headers.get("x-github-event") or _by_shape(told)
    reader = _READERS.get(event)
    if reader is None:
        return (Ignored(_why_not(event)),)
    name = fields.text(fields.mapping(told.get("repository")).get("full_name"))
    if name is None:
        raise Malformed("no repository", f"a {event} without `repository.full_name`")
    default = fields.text(fields.mapping(told.get("repository")).get("default_branch"))
    return (reader(Hook(told, name, default, body.headers.get("x-github-delivery"))),)


def _why_not(event: str) -> str:
    """A reason out of few, for reasons are counted and anyone may send any header."""
    if event in _SECURITY:
        return "security findings are not read yet"
    return f"{event} is not about production health" if event in _NOT_OURS else "an event that we do not know"


def _json(value: bytes) -> bytes:
    """The JSON, also of a webhook that is set to send a form."""
    if not value.startswith(b"payload="):
        return value
    return unquote_plus(value[8:].decode("ascii", "replace")).encode("utf-8", "replace")


def _by_shape(told: Mapping[str, Any]) -> str:
    if "sender" not in told and "repository" not in told:
        raise Malformed("not a GitHub webhook", "no header x-github-event, and neither `sender` nor `repository`")
    return next((event for event, keys in _SHAPES if all(told.get(key) is not None for key in keys)), "watch")


SOURCE = Source("github", "GitHub webhooks: CI results, deployments, pushes, pull requests", read)
