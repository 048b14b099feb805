"""What kind of cause an error's type and words speak of."""

import re
from typing import Literal, get_args

from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.findings import Fact

CauseKind = Literal["code", "data", "configuration", "dependency", "infrastructure", "load", "test", "unknown"]
KINDS: tuple[CauseKind, ...] = get_args(CauseKind)

TEXTS: dict[CauseKind, str] = {
    "code": "a mistake in the project's own code",
    "data": "data that the code did not expect",
    "configuration": "a setting, secret or permission",
    "dependency": "another service or library",
    "infrastructure": "a machine, disk, network or database",
    "load": "too much work at a time",
    "test": "a test, not the product",
    "unknown": "a cause of no kind that is known",
}

# In this order: "connection pool exhausted" is load before it is a connection.
_WORDS: dict[CauseKind, tuple[str, ...]] = {
    "load": (
        "rate.?limit",
        "too many (?:requests|connections)",
        "throttl",
        "exhausted",
        "queue (?:is )?full",
        "overload",
    ),
    "infrastructure": (
        "out ?of ?memory",
        "oom",
        "no space left",
        "disk",
        "deadlock",
        "read-only file",
        "dns",
        "enospc",
    ),
    "dependency": (
        *("time(?:d)? ?-?out", "connection", "unavailable", "gateway", "upstream", "socket", "econn", "network"),
        *("failed to fetch", r"\b50[234]\b"),
    ),
    "configuration": (
        *("permission", "access ?denied", "unauthori[sz]ed", "forbidden", "credential", "certificate", "config"),
        *("environment variable", r"\b40[13]\b"),
    ),
    "data": ("parse", "decod", "json", "constraint", "duplicate key", "validation", "invalid", "unicode", "integrity"),
    "code": (
        *("type ?error", "null ?pointer", "nil pointer", "undefined", "attribute ?error", "key ?error", "index ?error"),
        *("assert", "reference ?error", "value ?error", "not a function", "panic", "out of (?:range|bounds)"),
    ),
}
_TELLING = {name: re.compile("|".join(words), re.IGNORECASE) for name, words in _WORDS.items()}


def kind(dossier: Dossier) -> Fact:
    """The kind, by the most frequent group; a weak fact."""
    found = _kind(dossier)
    return Fact(
        name="kind",
        value=found,
        text=f"Its type and words speak of {TEXTS[found]}.",
        score=0.0 if found == "unknown" else 0.3,
    )


def _kind(dossier: Dossier) -> CauseKind:
    if not dossier.groups:
        return "unknown"
    group = max(dossier.groups, key=lambda each: (each.count, each.fingerprint))
    if group.kind == "ci":
        return "test"
    for text in (group.type or "", group.title):
        for name, words in _TELLING.items():
            if words.search(text):
                return name
    return "code" if any(part == "frame" for part, _ in group.parts) else "unknown"
