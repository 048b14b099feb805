"""One region, with another's records in its mirrored topics: counted, timed, decided and derived anew like its own."""

import json
import time
from datetime import UTC, datetime

import pytest
from confluent_kafka import Producer
from deployment import Deployment, error

from argus_streams import app
from argus_streams.adapters import topics
from argus_streams.agents.wire import key_of

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

HOUR = 3_600_000
TOLD = [error("StockError", id=f"d{number}") for number in range(200)]


@pytest.fixture
def here(kafka, postgres_server, tmp_path):
    with Deployment.beside(kafka, postgres_server, tmp_path) as made:
        made.environment["ARGUS_REGIONS"] = "eu"
        made.settings = made.site.given.model_copy(update={"regions": ("eu",)})
        made.site = made.site._replace(given=made.settings)
        prefix = made.settings.topic_prefix
        topics.apply(made.settings.kafka(), prefix=prefix, partitions=2, regions=["eu"])
        yield made


def mirrored(here, topic, *values, key=None, at):
    """What MirrorMaker brings: another region's records with the time that its broker gave them."""
    producer = Producer({**here.settings.kafka(), "partitioner": "murmur2_random"})
    headers = [("ce_source", b"argus"), ("project", b"shop")]
    for value in values:
        producer.produce(f"eu.{topic}", value, key, headers=headers, timestamp=at)
    assert producer.flush(30) == 0


HOURS = (
    "select hour from argus_live.group_counts c join argus_live.error_groups g using (fingerprint) where title like %s"
)
STATUS = "select status, status_at from argus_live.error_groups where title like %s"


def test_what_another_region_took_counts_once_at_its_time_also_in_a_generation_made_anew(here):
    names, then = app.topics_of(here.settings), int(time.time()) * 1000 - 2 * HOUR
    early = [json.dumps(error("KeyError", "ean", id=f"e{number}")).encode() for number in range(3)]
    mirrored(here, names.incoming, *early, b"{cut", at=then)
    mirrored(here, names.incoming, *[json.dumps(each).encode() for each in TOLD], at=then + 2 * HOUR)
    here.crew()
    here.publish(*TOLD)
    here.drained()
    groups = {title.partition(":")[0]: found for title, found in here.groups().items()}
    assert {title: found[1:3] for title, found in groups.items()} == {"KeyError": (3, 0), "StockError": (200, 200)}
    assert [int(at.timestamp()) * 1000 for (at,) in here.query(HOURS, "KeyError%")] == [then // HOUR * HOUR]
    assert f"eu.{names.incoming}" in here.argus("dlq", "list").stdout
    order = {"project": "shop", "fingerprint": groups["KeyError"][0], "action": "resolve", "by": "ann"}
    key = key_of("shop", groups["KeyError"][0])
    mirrored(here, names.commands, json.dumps(order).encode(), key=key, at=then + HOUR)
    decided = [("resolved", datetime.fromtimestamp((then + HOUR) / 1000, UTC))]
    here.becomes(lambda: here.query(STATUS, "KeyError%"), decided)
    audited = here.argus("audit", "--json", "--wait", "60")
    assert (audited.exit_code, json.loads(audited.stdout)["bodies"]) == (0, 404), audited.output
    since = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(then / 1000 - 60))
    started = here.argus("replay", "start", "second", "--from", since)
    assert started.exit_code == 0, started.output
    here.crew("second")
    here.drained("second")
    here.becomes(lambda: here.groups("argus_second"), here.groups())
