"""Writes the chart's copy of the declared topics: a chart can read no file outside itself."""

from pathlib import Path

import yaml

from argus_streams.adapters import topics
from argus_streams.core.topology import targets

FILE = Path(__file__).resolve().parents[1] / "helm/argus/files/topics.yaml"
_HEAD = "# Written by `make docs` from topics/*.yaml. Partitions 0: the deployment's number.\n"


def written() -> str:
    """Every topic that there should be: its name without the prefix, its kind, partitions and Kafka's settings."""
    declared = topics.load()
    known = {topic.name: topic for topic in declared}
    told = [
        {
            "name": target.name,
            "kind": known[target.name].kind,
            "mirrored": known[target.name].mirrored,
            "partitions": target.partitions,
            "config": target.config,
        }
        for target in targets(declared, prefix="", partitions=0, replication=1)
    ]
    return _HEAD + yaml.safe_dump(told, sort_keys=False, width=120)
