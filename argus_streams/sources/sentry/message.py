"""What an event says in words: a log line with or without its template, or a browser's report."""

import re
from collections.abc import Mapping
from typing import Any

from argus_streams.core.fields import integer, listing, mapping, text

# "%s", "%(name)d", "{}", "{0}", "{name}": what the SDKs' loggers leave to be filled in
_PLACEHOLDER = re.compile(r"%(?:\((\w{1,64})\))?[sdrif]|\{(\w{0,64})\}")
_TEMPLATE_LIMIT = 8_192  # characters; a longer one stays as it is, so that filling in can not blow up
_PARAMETER_LIMIT = 1_024  # characters

# https://develop.sentry.dev/sdk/data-model/event-payloads/#security-interfaces and the keys of Sentry before 9
_REPORTS = (
    ("csp", "sentry.interfaces.Csp", "Blocked '{directive}' from '{blocked}'"),
    ("hpkp", "hpkp", "Public key pinning validation failed for '{host}'"),
    ("expectct", "expectct", "Expect-CT failed for '{host}'"),
    ("expectstaple", "expectstaple", "Expect-Staple failed for '{host}'"),
)


def wording(event: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The message as people read it, and its template where that differs."""
    for key in ("logentry", "message", "sentry.interfaces.Message"):
        entry = event.get(key)
        if not entry:
            continue
        if not isinstance(entry, dict):
            found = text(entry)
            template = None
        else:
            template = text(entry.get("message"))
            found = text(entry.get("formatted")) or _filled(template, entry.get("params"))
        if found is not None:
            return found, template if template != found else None
    return None, None


def report(event: Mapping[str, Any]) -> tuple[Mapping[str, Any], str | None]:
    """The report that a browser made of a broken policy, and a headline in Sentry's words."""
    for key, old_key, headline in _REPORTS:
        told = mapping(event.get(key) or event.get(old_key))
        if told:
            return told, headline.format(
                directive=_directive(told),
                blocked=_host(text(told.get("blocked_uri")) or "unknown"),
                host=text(told.get("hostname")) or "unknown",
            )
    return {}, None


def _directive(told: Mapping[str, Any]) -> str:
    found = text(told.get("effective_directive")) or text(told.get("violated_directive")) or "unknown"
    return found.split(" ", 1)[0]


def _host(uri: str) -> str:
    """The host of a URL; words like "inline" and "eval" as they are."""
    return uri.split("://", 1)[-1].split("/", 1)[0].rpartition("@")[2] or uri


def _filled(template: str | None, params: object) -> str | None:
    """The template with its parameters in place, as Sentry's server does for SDKs that send no ``formatted``."""
    if template is None or len(template) > _TEMPLATE_LIMIT or not isinstance(params, dict | list):
        return template
    named = mapping(params)
    ordered = iter(listing(params))

    def parameter(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        place = integer(name)
        if not name:
            found = next(ordered, None)
        elif name in named or place is None:
            found = named.get(name)
        else:
            found = params[place] if isinstance(params, list) and place < len(params) else None
        filling = text(found)
        return match[0] if filling is None else filling[:_PARAMETER_LIMIT]

    return _PLACEHOLDER.sub(parameter, template)
