from itertools import cycle

import pytest
from broker import Topics
from world import World

from argus_streams.streaming.producer import PlacingProducer


@pytest.fixture(scope="session")
def topics(kafka):
    return Topics(kafka)


@pytest.fixture
def topic(topics):
    return topics.make("changelog", 2, **{"cleanup.policy": "compact,delete"})


@pytest.fixture(scope="session")
def producers(kafka):
    return cycle([PlacingProducer({"bootstrap.servers": kafka}) for _ in range(4)])


@pytest.fixture
def world(topics, topic, producers):
    return World(topics, topic, producers)
