"""Datadog's tags, "key:value", as labels, also under the names by which other vendors tell the same target."""

from collections.abc import Iterable, Mapping

from argus_streams.core import fields

# https://docs.datadoghq.com/containers/kubernetes/tag/
_TARGETS = {
    "host": "instance",
    "kube_cluster_name": "cluster",
    "cluster_name": "cluster",
    "kube_namespace": "namespace",
    "kube_deployment": "deployment",
    "kube_stateful_set": "statefulset",
    "kube_daemon_set": "daemonset",
    "kube_cronjob": "cronjob",
    "kube_node": "node",
    "pod_name": "pod",
    "consumer_group": "consumergroup",
    "db": "database",
    "dbname": "database",
    "queuename": "queue",
}


def read(told: object) -> dict[str, str]:
    """Tags by key, told as a list or as text between commas; of one key the last counts, a bare tag is "true"."""
    found = {}
    for tag in _each(told):
        key, colon, value = tag.strip().partition(":")
        if key and not key.startswith("$"):  # a variable of a template that Datadog did not fill
            found[key] = value.strip() if colon else "true"
    return found


def target(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags with the names that an alert's target is known by."""
    return {**tags, **{name: tags[key] for key, name in _TARGETS.items() if key in tags and name not in tags}}


def _each(told: object) -> Iterable[str]:
    if isinstance(told, str):
        return told.split(",")
    return (tag for each in fields.listing(told) if (tag := fields.text(each)) is not None)
