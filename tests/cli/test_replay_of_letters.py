"""From a body that nobody could read to its count: workers, a mended setting, and `argus dlq replay`."""

import json
import uuid

import pytest
from commands import argus, process
from msgspec import json as wire
from processes import comes_true

from argus_streams.agents.wire import Topics
from argus_streams.core.messages import Group
from argus_streams.settings import Settings, with_environment
from argus_streams.streaming.position import Partition
from argus_streams.streaming.records import Records

SECONDS = 60  # for workers to join and to work, on a busy machine
MAPPINGS = """
shop:
  - name: shelves
    kind: error
    when: shelf
    fields: {type: "'StockError'", message: shelf}
"""
READ = json.dumps({"type": "StockError", "message": "a shelf is empty"})
UNREAD = json.dumps({"shelf": "a shelf is empty"})


class Deployment:
    """Topics of its own, and files to publish."""

    def __init__(self, kafka, folder):
        self.environment = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "ARGUS_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:8]}.",
            "ARGUS_TOPIC_PARTITIONS": "1",
            "ARGUS_HEALTH_PORT": "0",
            "ARGUS_HEALTH_HOST": "127.0.0.1",
        }
        settings = with_environment(Settings(), self.environment)
        self.topics = Topics.under(settings.topic_prefix)
        self.records = Records(settings.kafka(), "look")
        self.folder = folder
        assert argus("topics", "apply", **self.environment).exit_code == 0

    def publish(self, source, body):
        file = self.folder / "body.json"
        file.write_text(body)
        done = argus("publish", "--source", source, "--project", "shop", file, **self.environment)
        assert done.exit_code == 0, done.output

    def of(self, topic):
        spans = self.records.bounds(Partition(topic, n) for n in range(self.records.topics()[topic][1]))
        return list(self.records.scan(spans))

    def counts(self):
        """The count of each group, by its last snapshot."""
        groups = [wire.decode(each.value, type=Group) for each in self.of(self.topics.groups)]
        return list({group.fingerprint: group.count for group in groups}.values())


@pytest.fixture
def deployed(kafka, tmp_path):
    made = Deployment(kafka, tmp_path)
    yield made
    made.records.close()


def test_a_body_that_died_for_want_of_a_mapping_counts_once_when_it_is_replayed(deployed, tmp_path):
    mappings = tmp_path / "mappings.yaml"
    mappings.write_text(MAPPINGS)
    with process("worker", "correlate", **deployed.environment):
        deployed.publish("mapped", UNREAD)
        deployed.publish("argus", READ)  # of the same group, so its mark is above the dead body
        with process("worker", "normalize", **deployed.environment):
            assert comes_true(lambda: deployed.counts() == [1], SECONDS)
            assert len(deployed.of(deployed.topics.dead(deployed.topics.incoming))) == 1
        with process("worker", "normalize", **deployed.environment, ARGUS_MAPPINGS_FILE=str(mappings)):
            replayed = argus("dlq", "replay", **deployed.environment)
            assert "replayed 1 letter" in replayed.stdout, replayed.output
            assert comes_true(lambda: deployed.counts() == [2], SECONDS)
            again = argus("dlq", "replay", **deployed.environment)
            assert again.stdout == "skip 1: it was replayed before\nnothing to replay\n"
            deployed.publish("argus", READ)
            assert comes_true(lambda: deployed.counts() == [3], SECONDS), deployed.counts()
