"""With which variables workers are started: one set for all roles, or each container's as the chart has it."""

from typing import NamedTuple

import pods
import variants
import yaml

STATE = "state"  # folder of a crew's tables
PARTITIONS = 8


class ByHand(NamedTuple):
    """The same variables for all."""

    shared: dict

    @classmethod
    def of(cls, house, folder, prefix):
        return cls(
            {
                "KAFKA_BOOTSTRAP_SERVERS": house.bootstrap,
                "DATABASE_URL": house.database,
                "ARGUS_TOPIC_PREFIX": prefix,
                "ARGUS_TOPIC_PARTITIONS": str(house.partitions),
                "ARGUS_HEALTH_HOST": "127.0.0.1",
                "ARGUS_MAPPINGS_FILE": str(variants.mappings(folder)),
                "ARGUS_STATE_DIR": STATE,
            }
        )

    def environment(self, _role):
        return self.shared


class ByChart(NamedTuple):
    """What the containers of a release see. Paths are of this host: files lie in a folder instead of /etc/argus."""

    chart: object
    folder: object

    @classmethod
    def of(cls, house, folder, prefix):
        values = {
            "kafka.bootstrapServers": house.bootstrap,
            "kafka.topicPrefix": prefix,
            "kafka.partitions": house.partitions,
            "database": {"url": house.database},
            "files.mappings": yaml.safe_load(variants.mappings(folder).read_text()),
        }
        made = cls(house.helm.render(release="chaos", **values), folder)
        for config in made.chart.all("ConfigMap"):
            for name, text in config["data"].items():
                (folder / name).write_text(text)
        return made

    def environment(self, role):
        told = pods.environment(self.chart, pods.container(self.chart, role))
        here = {name: value.replace("/etc/argus", str(self.folder)) for name, value in told.items()}
        return {**here, "ARGUS_HEALTH_HOST": "127.0.0.1"}
