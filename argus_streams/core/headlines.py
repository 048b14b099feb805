"""Headlines of alerts, from which each monitoring system's decoration is taken off to find rule and target.

For relays that pass on nothing but a title.
"""

from collections.abc import Mapping
from typing import NamedTuple

# What stands in brackets before a name: the state of an alert (Grafana, Alertmanager, Datadog), or its priority.
_STATES = frozenset(
    (
        *("firing", "resolved", "alerting", "ok", "pending", "no data", "no_data", "alert", "recovered", "recovery"),
        *("triggered", "re-triggered", "renotify", "warn", "warning", "critical", "error", "open", "closed"),
        *("p1", "p2", "p3", "p4", "p5"),
    )
)
_WITH_VALUES = frozenset(("firing", "resolved"))  # Alertmanager's title ends in the values of labels, in parentheses
_BRACKETS = 4  # before a name
_ON = " on '"  # New Relic: "<entity> query result is > 5.0 for 5 minutes on '<condition>'"
_QUERY = " query result is "


class Headline(NamedTuple):
    """What a headline tells, without state, values and thresholds."""

    rule: str
    labels: Mapping[str, str]  # of the target, as far as they are named


def read(title: str) -> Headline:
    """Rule and labels of a title; one that nobody decorated is the rule itself."""
    rest, labels, templated = title.strip(), dict[str, str](), False
    for _ in range(_BRACKETS):
        state, scope = _bracket(rest)
        if state is None:
            break
        templated = templated or state in _WITH_VALUES
        labels.update(scope)
        rest = rest.partition("]")[2].strip()
    if templated and rest.endswith(")"):
        rest = rest.rpartition("(")[0].strip() or rest
    entity, query, condition = rest.partition(_QUERY)
    if query and condition.endswith("'") and _ON in condition:
        return Headline(condition.partition(_ON)[2][:-1] or rest, {"service": entity, **labels})
    return Headline(rest or title.strip(), labels)


def _bracket(text: str) -> tuple[str | None, Mapping[str, str]]:
    """The state in a bracket at the start, and Datadog's scope in it: "[Triggered on {host:web-1,env:prod}]"."""
    if not text.startswith("["):
        return None, {}
    inside, closed, _ = text[1:].partition("]")
    state = inside.partition(":")[0].partition(" on ")[0].strip().lower()
    if not closed or state not in _STATES:
        return None, {}
    scope = inside.partition("{")[2].partition("}")[0]
    pairs = (entry.strip().partition(":") for entry in scope.split(",") if ":" in entry)
    return state, {name: value for name, _, value in pairs if name and value}
